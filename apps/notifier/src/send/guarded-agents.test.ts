import { afterEach, describe, expect, test } from "@jest/globals";
import { createAddressPolicy } from "@payonce/service";
import { type Receiver, startReceiver } from "../test-receiver.ts";
import { createGuardedAgents } from "./guarded-agents.ts";
import { createResolver, type HostAddress, type ResolveHost } from "./resolve-host.ts";
import { sendWebhook } from "./send-webhook.ts";

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

const at = (address: string): HostAddress => ({ address, family: address.includes(":") ? 6 : 4 });
/** A name server that gives its answers in turn, and counts how often it was asked. */
function nameServer(...answers: string[][]) {
  const asked: string[] = [];
  const resolve: ResolveHost = async (hostname) => {
    asked.push(hostname);
    const answer = answers[Math.min(asked.length, answers.length) - 1];
    if (!answer) throw new Error("no such name");
    return answer.map(at);
  };
  return { asked, resolve };
}
function sender(resolve: ResolveHost, allowedNetworks: string[] = []) {
  const agents = createGuardedAgents(createAddressPolicy(allowedNetworks), resolve);
  closing.push(agents.close);
  return async (url: string) => {
    const { outcome, httpStatus } = await sendWebhook({ url, headers: {}, body: "{}" }, { agents, timeoutMs: 5_000 });
    return outcome.kind === "failed" ? outcome.code : httpStatus;
  };
}
async function receiver(host?: string, port?: number): Promise<Receiver> {
  const started = await startReceiver(host, port);
  closing.push(started.close);
  return started;
}

describe("a connection to a receiver", () => {
  // What each of these is, the policy's own tests say.
  test.each([
    ...["127.0.0.1", "127.9.9.9", "0.0.0.0", "10.0.0.1", "172.16.0.1", "192.168.0.1", "169.254.169.254", "100.64.0.1"],
    ...["100.100.100.200", "168.63.129.16", "192.0.0.192", "198.18.0.1", "224.0.0.1", "240.0.0.1", "255.255.255.255"],
    ...["::", "::1", "::ffff:127.0.0.1", "::ffff:a9fe:a9fe", "::127.0.0.1", "64:ff9b::7f00:1", "64:ff9b:1::1"],
    ...["2002:7f00:1::", "2001:0:7f00:1::", "fc00::1", "fd00:ec2::254", "fe80::1", "fec0::1", "ff02::1", "100::1"],
  ])("is not made to a name that leads to %s", async (address) => {
    const { resolve, asked } = nameServer([address]);
    const send = sender(resolve);
    expect(await send("https://shop.example/hooks")).toBe("address_refused");
    expect(await send("http://shop.example/hooks")).toBe("address_refused");
    expect(asked).toHaveLength(2);
  });

  test.each([
    ...["http://127.0.0.1/", "http://127.1/", "http://2130706433/", "http://0x7f000001/", "http://0177.0.0.1/"],
    ...["http://①②⑦.0.0.1/", "http://127.0.0.1./", "http://0/", "http://[::1]/", "http://[::ffff:127.0.0.1]/"],
    ...["http://[0:0:0:0:0:ffff:7f00:1]/", "http://169.254.169.254/latest/meta-data/", "http://[fd00:ec2::254]/"],
    ...["https://10.0.0.1/", "https://[fe80::1]/", "http://[64:ff9b::a9fe:a9fe]/", "http://3232235521/"],
    ...["http://localhost/", "http://LOCALHOST./", "http://api.localhost/", "http://user:pw@127.0.0.1/"],
  ])("is not made to %s, however it is written", async (url) => {
    expect(await sender(createResolver())(url)).toBe("address_refused");
  });

  test("goes to the very address that was judged: a name server that answers otherwise later is not asked again", async () => {
    // 127.0.0.1 stands for a public address, 127.0.0.2 for one that must not be reached.
    const inside = await receiver("127.0.0.2");
    const { resolve, asked } = nameServer(["127.0.0.1"], ["127.0.0.2"]);
    const send = sender(resolve, ["127.0.0.1/32"]);
    const url = `http://rebinding.example:${inside.port}/`;
    expect(await send(url)).toBe("connection_failed");
    expect(asked).toEqual(["rebinding.example"]);
    expect(await send(url)).toBe("address_refused");
    expect(inside.connections()).toBe(0);
  });

  test("of a name with several addresses is made to one that is allowed", async () => {
    const outside = await receiver("127.0.0.1");
    const inside = await receiver("127.0.0.2", outside.port);
    const { resolve } = nameServer(["127.0.0.2", "::1", "127.0.0.1"]);
    expect(await sender(resolve, ["127.0.0.1/32"])(`http://both.example:${outside.port}/`)).toBe(204);
    expect([outside.received.length, inside.connections()]).toEqual([1, 0]);
  });

  test("is not made where a redirect leads", async () => {
    const [first, second] = [await receiver(), await receiver()];
    const send = sender(createResolver(), ["127.0.0.0/8"]);
    for (const status of [301, 302, 303, 307, 308]) {
      first.answerWith((response) => response.writeHead(status, { location: second.url }).end());
      expect(await send(first.url)).toBe("redirect");
    }
    expect(second.connections()).toBe(0);
  });

  test("is not made when the name leads nowhere", async () => {
    expect(await sender(nameServer().resolve)("https://shop.example/")).toBe("dns_failed");
  });

  test("is made to the loopback address where that is allowed, and is kept for the next webhook", async () => {
    const local = await receiver();
    const send = sender(createResolver(), ["127.0.0.0/8"]);
    expect(await send(local.url)).toBe(204);
    expect(await send(local.url)).toBe(204);
    expect(await send(`http://localhost:${local.port}/`)).toBe(204);
    expect(local.connections()).toBe(2);
  });
});
