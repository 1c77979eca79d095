import type { StormStack } from "./storm-stack.ts";
import { SHOP_ORIGIN } from "./traffic/from-a-page.ts";

/** Every merchant of the storm wants to be told of everything, and lets its page pay. Before the first fault. */
export async function setUpMerchants({ info, tenants, links, receiver }: StormStack): Promise<void> {
  for (const { secretKey } of tenants) {
    const send = async (method: string, path: string, body: object) => {
      const headers = { authorization: `Bearer ${secretKey}`, "content-type": "application/json" };
      const response = await fetch(`${info.apiUrl}${path}`, { method, headers, body: JSON.stringify(body) });
      if (!response.ok) throw new Error(`${method} ${path} was answered ${response.status}`);
      return (await response.json()) as { secret?: string };
    };
    const url = `http://127.0.0.1:${links.receiverPort()}/hooks`;
    const { secret } = await send("POST", "/v1/webhook_endpoints", { url });
    if (!secret) throw new Error("an endpoint came without its secret");
    receiver.trust(secret);
    await send("PUT", "/v1/allowed_origins", { origins: [SHOP_ORIGIN] });
  }
}
