// The network a peer comes from, as penalties see it: what one attacker can easily have is one prefix.

/** The /24 of an IPv4 address, the /64 of an IPv6 one; anything else (a Unix socket) is its own prefix. */
export function prefixOf(address: string): string {
  const v4 = /^(?:::ffff:)?(\d+\.\d+\.\d+)\.\d+$/i.exec(address)?.[1];
  if (v4 !== undefined) return `${v4}.0/24`;
  const groups = ipv6Groups(address);
  return groups === undefined ? address : `${groups.slice(0, 4).join(":")}::/64`;
}

/** The eight groups without leading zeros. Undefined for what is not written as an IPv6 address. */
function ipv6Groups(address: string): readonly string[] | undefined {
  const [bare = ""] = address.toLowerCase().split("%", 1); // the zone of a link-local address
  if (!/^[0-9a-f:]*:[0-9a-f:.]*$/.test(bare)) return undefined;
  const [head = "", tail] = bare.split("::");
  const before = split(head);
  const after = tail === undefined ? [] : split(tail);
  // A dotted quad at the end stands for two groups; it never reaches the first four.
  const written = before.length + after.length + (bare.includes(".") ? 1 : 0);
  const missing = tail === undefined ? 0 : Math.max(0, 8 - written);
  return [...before, ...Array.from({ length: missing }, () => "0"), ...after];
}

function split(groups: string): string[] {
  return groups === "" ? [] : groups.split(":").map((group) => group.replace(/^0+(?=.)/, ""));
}
