import assert from "node:assert/strict";
import { test } from "node:test";
import { prefixOf } from "../../src/accounts/peer-prefix.ts";

test("peers of one network have one prefix: a /24 of IPv4, a /64 of IPv6", () => {
  for (const [address, prefix] of [
    ["192.0.2.7", "192.0.2.0/24"],
    ["192.0.2.200", "192.0.2.0/24"],
    ["::ffff:192.0.2.7", "192.0.2.0/24"],
    ["::FFFF:192.0.2.7", "192.0.2.0/24"],
    ["2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"],
    ["2001:0DB8:0001:0002::1", "2001:db8:1:2::/64"],
    ["2001:db8:1::1", "2001:db8:1:0::/64"],
    ["2001:db8::", "2001:db8:0:0::/64"],
    ["2001:db8::1:2:3:4:5", "2001:db8:0:1::/64"],
    ["::1", "0:0:0:0::/64"],
    ["::", "0:0:0:0::/64"],
    ["64:ff9b::192.0.2.1", "64:ff9b:0:0::/64"],
    ["fe80::1%eth0", "fe80:0:0:0::/64"],
    ["", ""],
    ["unix", "unix"],
    ["/run/pop3.sock", "/run/pop3.sock"],
  ] as const) {
    assert.equal(prefixOf(address), prefix, address);
  }
});
