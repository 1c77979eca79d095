import { describe, expect, test } from "@jest/globals";
import { createAddressPolicy, networkList } from "./address-policy.ts";

const policy = createAddressPolicy();

describe("the address policy", () => {
  test.each([
    ["this host", "0.0.0.0"],
    ["this network", "0.1.2.3"],
    ["private, 10/8", "10.0.0.1"],
    ["private, 10/8, its end", "10.255.255.255"],
    ["private, 172.16/12", "172.16.0.1"],
    ["private, 172.16/12, its end", "172.31.255.255"],
    ["private, 192.168/16", "192.168.1.1"],
    ["carriers' NAT", "100.64.0.1"],
    ["carriers' NAT, its end", "100.127.255.255"],
    ["Alibaba's metadata", "100.100.100.200"],
    ["loopback", "127.0.0.1"],
    ["loopback, its end", "127.255.255.254"],
    ["link-local", "169.254.0.1"],
    ["metadata of most clouds", "169.254.169.254"],
    ["AWS's task metadata", "169.254.170.2"],
    ["Azure's wire server", "168.63.129.16"],
    ["Oracle's metadata", "192.0.0.192"],
    ["documentation 1", "192.0.2.1"],
    ["documentation 2", "198.51.100.1"],
    ["documentation 3", "203.0.113.1"],
    ["6to4 relays", "192.88.99.1"],
    ["benchmarks", "198.19.255.255"],
    ["multicast", "224.0.0.1"],
    ["multicast, its end", "239.255.255.255"],
    ["reserved", "240.0.0.1"],
    ["broadcast", "255.255.255.255"],
    ["unspecified", "::"],
    ["loopback, IPv6", "::1"],
    ["mapped loopback", "::ffff:127.0.0.1"],
    ["mapped loopback, in hex", "::ffff:7f00:1"],
    ["mapped private", "::ffff:10.0.0.1"],
    ["mapped metadata", "::ffff:a9fe:a9fe"],
    ["mapped public, which an IPv4 socket is for", "::ffff:8.8.8.8"],
    ["IPv4-compatible", "::127.0.0.1"],
    ["translated", "::ffff:0:127.0.0.1"],
    ["NAT64 of loopback", "64:ff9b::7f00:1"],
    ["NAT64 of metadata", "64:ff9b::a9fe:a9fe"],
    ["local NAT64", "64:ff9b:1::a00:1"],
    ["discard-only", "100::1"],
    ["Teredo", "2001:0:7f00:1::"],
    ["ORCHID", "2001:20::1"],
    ["documentation, IPv6", "2001:db8::1"],
    ["documentation, new", "3fff::1"],
    ["6to4 of loopback", "2002:7f00:1::"],
    ["6to4 of private", "2002:a00:1::1"],
    ["segment routing", "5f00::1"],
    ["unique local", "fc00::1"],
    ["unique local, the usual half", "fd12:3456::1"],
    ["AWS's metadata, IPv6", "fd00:ec2::254"],
    ["link-local, IPv6", "fe80::1"],
    ["link-local with a zone", "fe80::1%eth0"],
    ["public with a zone", "2606:4700::1111%eth0"],
    ["site-local", "fec0::1"],
    ["multicast, IPv6", "ff02::1"],
    ["a name", "localhost"],
    ["a number", "2130706433"],
    ["octal", "0177.0.0.1"],
    ["short", "127.1"],
    ["hex", "0x7f000001"],
    ["nothing", ""],
    ["in brackets", "[::1]"],
  ])("does not allow %s: %s", (_what, address) => {
    expect(policy.allows(address)).toBe(false);
  });

  test.each(["8.8.8.8", "1.1.1.1", "9.255.255.255", "11.0.0.0", "100.63.255.255", "100.128.0.0", "126.255.255.255"])(
    "allows %s",
    (address) => expect(policy.allows(address)).toBe(true),
  );
  test.each(["128.0.0.1", "169.253.255.255", "172.15.255.255", "172.32.0.0", "192.167.255.255", "192.169.0.0"])(
    "allows %s",
    (address) => expect(policy.allows(address)).toBe(true),
  );
  test.each(["198.17.255.255", "198.20.0.0", "223.255.255.255", "2606:4700:4700::1111", "2a00:1450:4001::200e"])(
    "allows %s",
    (address) => expect(policy.allows(address)).toBe(true),
  );

  test("allows what is said to be allowed, and nothing beside it", () => {
    const local = createAddressPolicy(["127.0.0.0/8", "::1/128", "10.1.0.0/16"]);
    expect(["127.0.0.1", "::1", "10.1.255.1"].map(local.allows)).toEqual([true, true, true]);
    expect(["10.2.0.1", "::2", "192.168.0.1", "::ffff:192.168.0.1"].map(local.allows)).toEqual([
      false,
      false,
      false,
      false,
    ]);
  });
});

describe("a list of networks", () => {
  test("is read from text", () => {
    expect(networkList.parse("127.0.0.0/8, ::1/128")).toEqual(["127.0.0.0/8", "::1/128"]);
  });
  test.each(["127.0.0.1", "10.0.0.0/33", "::1/129", "10.0.0/8", "a/8", "10.0.0.0/8,,", "10.0.0.0/-1", "fe80::%1/64"])(
    "is not %s",
    (text) => expect(networkList.safeParse(text).success).toBe(false),
  );
});
