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
