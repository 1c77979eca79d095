import { expect, test } from "@jest/globals";
import type { Request } from "express";
import { clientAddress } from "./client-address.ts";

const addressOf = (ip: string | undefined, remoteAddress = "192.0.2.1") =>
  clientAddress({ ip, socket: { remoteAddress } } as Request);

test.each([
  ["203.0.113.7", "203.0.113.7"],
  ["::ffff:203.0.113.7", "203.0.113.7"],
  ["2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"],
  ["2001:DB8:1:2:0:0:0:6", "2001:db8:1:2::/64"],
  ["2001:db8:1:2::6", "2001:db8:1:2::/64"],
  ["2001:db8::", "2001:db8:0:0::/64"],
  ["2001:db8::7:8:9:a:b", "2001:db8:0:7::/64"],
  ["::1", "0:0:0:0::/64"],
  ["fe80::1%eth0", "fe80:0:0:0::/64"],
])("%s is counted as %s", (ip, counted) => {
  expect(addressOf(ip)).toBe(counted);
});

test.each(["unknown", "evil", "", "203.0.113.7:80", "a".repeat(10_000), undefined])(
  "what is no address, such as %s, is not believed",
  (said) => {
    expect(addressOf(said)).toBe("192.0.2.1");
  },
);
