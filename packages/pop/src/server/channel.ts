// What addresses say about a connection. Only socket addresses count, never what a peer or a proxy claims.

const MAPPED = "::ffff:";

/** The address without the IPv4-in-IPv6 prefix a dual-stack listener puts in front. */
export function plainAddress(address: string | undefined): string {
  if (address === undefined) return "";
  return address.startsWith(MAPPED) && address.includes(".") ? address.slice(MAPPED.length) : address;
}

/** 127.0.0.0/8 or ::1. */
export function isLoopback(address: string): boolean {
  const plain = plainAddress(address);
  return plain === "::1" || /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(plain);
}

/** What one peer can easily have: an IPv4 address, or all addresses of an IPv6 /64. Takes a plain address. */
export function networkOf(address: string): string {
  if (!address.includes(":")) return address;
  const [head = "", tail] = address.split("::", 2);
  const before = groupsOf(head);
  const behind = groupsOf(tail ?? "");
  const zeros = tail === undefined ? 0 : Math.max(0, 8 - before.length - behind.length);
  return `${[...before, ...Array.from({ length: zeros }, () => "0"), ...behind].slice(0, 4).join(":")}::/64`;
}

function groupsOf(text: string): readonly string[] {
  return text === "" ? [] : text.split(":");
}
