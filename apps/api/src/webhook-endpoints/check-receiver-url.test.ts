import { describe, expect, test } from "@jest/globals";
import { createAddressPolicy } from "@payonce/service";
import { checkReceiverUrl } from "./check-receiver-url.ts";

const publicOnly = createAddressPolicy();
const local = createAddressPolicy(["127.0.0.0/8", "::1/128"]);
const live = { policy: publicOnly, isTestMode: false };
const testMode = { policy: publicOnly, isTestMode: true };

describe("a receiver's url", () => {
  test.each([
    ["https://shop.example/hooks?token=a", "https://shop.example/hooks?token=a"],
    ["https://SHOP.example:443", "https://shop.example/"],
    ["https://8.8.8.8/", "https://8.8.8.8/"],
    ["https://[2606:4700:4700::1111]/", "https://[2606:4700:4700::1111]/"],
    ["https://bücher.example/", "https://xn--bcher-kva.example/"],
  ])("may be %s", (text, url) => expect(checkReceiverUrl(text, live)).toBe(url));

  test.each([
    ["not a url", "must be an https:// url"],
    ["shop.example/hooks", "must be an https:// url"],
    ["//shop.example/", "must be an https:// url"],
    ["ftp://shop.example/", "must be an https:// url"],
    ["file:///etc/passwd", "must be an https:// url"],
    ["gopher://127.0.0.1:6379/_FLUSHALL", "must be an https:// url"],
    ["javascript:alert(1)", "must be an https:// url"],
    ["data:text/plain,hello", "must be an https:// url"],
    ["https://", "must be an https:// url"],
    ["http://shop.example/", "must begin with https://"],
    ["https://user@shop.example/", "user name or a password"],
    ["https://user:pw@shop.example/", "user name or a password"],
    ["https://:pw@shop.example/", "user name or a password"],
    ["https://8.8.8.8@127.0.0.1/", "public address"],
    ["https://127.0.0.1#@8.8.8.8/", "public address"],
    ["https://127.0.0.1\\@8.8.8.8/", "public address"],
    ["https://shop.example:8443/", "must not name a port"],
    ["https://shop.example:80/", "must not name a port"],
    ["https://shop.example:6379/", "must not name a port"],
    ["https://shop.example/#a", "must not have a fragment"],
    ["https://127.0.0.1/", "public address"],
    ["https://127.1/", "public address"],
    ["https://0x7f.1/", "public address"],
    ["https://0177.0.0.01/", "public address"],
    ["https://2130706433/", "public address"],
    ["https://①②⑦.⓪.⓪.①/", "public address"],
    ["https://127.0.0.1./", "public address"],
    ["https://%31%32%37.0.0.1/", "public address"],
    ["https://0/", "public address"],
    ["https://169.254.169.254/latest/meta-data/", "public address"],
    ["https://2852039166/", "public address"],
    ["https://100.100.100.200/", "public address"],
    ["https://10.0.0.1/", "public address"],
    ["https://[::1]/", "public address"],
    ["https://[::]/", "public address"],
    ["https://[::ffff:127.0.0.1]/", "public address"],
    ["https://[0:0:0:0:0:FFFF:A9FE:A9FE]/", "public address"],
    ["https://[64:ff9b::10.0.0.1]/", "public address"],
    ["https://[2002:7f00:1::]/", "public address"],
    ["https://[fd00:ec2::254]/", "public address"],
    ["https://[fe80::1]/", "public address"],
    ["https://localhost/", "public address"],
    ["https://LOCALHOST/", "public address"],
    ["https://localhost./", "public address"],
    ["https://a.localhost/", "public address"],
    ["https://loc\talhost/", "public address"],
    [`https://shop.example/${"ü".repeat(1_000)}`, "at most 2048 characters"],
  ])("must not be %s", (text, hint) => {
    expect(() => checkReceiverUrl(text, live)).toThrow(hint);
    expect(() => checkReceiverUrl(text, live)).toThrow(
      expect.objectContaining({ code: "field_invalid", param: "url" }),
    );
  });

  test("may be plain http with a test key, but no more than that", () => {
    expect(checkReceiverUrl("http://shop.example/", testMode)).toBe("http://shop.example/");
    for (const text of ["http://127.0.0.1/", "http://shop.example:8080/", "http://user@shop.example/"])
      expect(() => checkReceiverUrl(text, testMode)).toThrow();
  });

  test("may lead to an address that this installation allows, over http and to any port there", () => {
    for (const text of ["http://127.0.0.1:4000/", "http://localhost:4000/a", "http://[::1]:4000/"])
      expect(checkReceiverUrl(text, { policy: local, isTestMode: false })).toBe(text);
    for (const text of ["http://10.0.0.1/", "http://shop.example/", "https://8.8.8.8:4000/"])
      expect(() => checkReceiverUrl(text, { policy: local, isTestMode: false })).toThrow();
  });
});
