// Which addresses are of the public Internet. A message must not make this machine ask its own network anything.
import { BlockList, isIPv4, isIPv6 } from "node:net";
import { networkInterfaces } from "node:os";

/** IANA's special-purpose registries (RFC 6890 and its successors), multicast included. */
const NOT_PUBLIC: readonly (readonly [network: string, prefix: number])[] = [
  ["0.0.0.0", 8],
  ["10.0.0.0", 8],
  ["100.64.0.0", 10],
  ["127.0.0.0", 8],
  ["169.254.0.0", 16],
  ["172.16.0.0", 12],
  ["192.0.0.0", 24],
  ["192.0.2.0", 24],
  ["192.31.196.0", 24],
  ["192.52.193.0", 24],
  ["192.88.99.0", 24],
  ["192.168.0.0", 16],
  ["192.175.48.0", 24],
  ["198.18.0.0", 15],
  ["198.51.100.0", 24],
  ["203.0.113.0", 24],
  ["224.0.0.0", 4],
  ["240.0.0.0", 4],
];

/** Of IPv6 only what is handed out as global unicast is public, less what leads into IPv4 or is set apart in it. */
const GLOBAL_UNICAST = ["2000::", 3] as const;
const NOT_PUBLIC_6: readonly (readonly [network: string, prefix: number])[] = [
  ["2001::", 23],
  ["2001:db8::", 32],
  ["2002::", 16],
  ["2620:4f:8000::", 48],
  ["3fff::", 20],
  ["5f00::", 16],
];

const blocked = new BlockList();
for (const [network, prefix] of NOT_PUBLIC) blocked.addSubnet(network, prefix, "ipv4");
for (const [network, prefix] of NOT_PUBLIC_6) blocked.addSubnet(network, prefix, "ipv6");
const unicast = new BlockList();
unicast.addSubnet(GLOBAL_UNICAST[0], GLOBAL_UNICAST[1], "ipv6");

/** What a provider commonly delegates to one home: its other networks stand behind the same router. */
const HOME_PREFIX_6 = 56;

export type AddressPolicy = (address: string) => boolean;

/** As the system lists them; only what their addresses and networks are is read. */
export type Interfaces = Readonly<Record<string, readonly { readonly cidr: string | null }[] | undefined>>;

/** `interfaces` are this machine's: IPv6 of its own network is handed out like any other, and no router keeps us out of it. */
export function isPublicAddress(address: string, interfaces: Interfaces = networkInterfaces()): boolean {
  if (isIPv4(address)) return !blocked.check(address, "ipv4") && !networksOf(interfaces).check(address, "ipv4");
  return (
    isIPv6(address) &&
    unicast.check(address, "ipv6") &&
    !blocked.check(address, "ipv6") &&
    !networksOf(interfaces).check(address, "ipv6")
  );
}

function networksOf(interfaces: Interfaces): BlockList {
  const networks = new BlockList();
  for (const addresses of Object.values(interfaces))
    for (const { cidr } of addresses ?? []) {
      const [address = "", prefix = ""] = cidr?.split("/") ?? [];
      if (isIPv4(address)) networks.addSubnet(address, Number(prefix), "ipv4");
      // A wide network of any other kind, such as that of ::1, would hold all of IPv4: ::ffff:0:0.
      else if (isIPv6(address) && unicast.check(address, "ipv6"))
        networks.addSubnet(address, Math.min(Number(prefix), HOME_PREFIX_6), "ipv6");
    }
  return networks;
}
