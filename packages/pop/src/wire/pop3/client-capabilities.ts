// What a server announced by CAPA (RFC 2449 §5): tags in upper case, each with its parameters as they were written.
import { PLAIN_KERNEL } from "../octets.ts";

export type AnnouncedCapabilities = ReadonlyMap<string, readonly string[]>;

/** Of a tag that comes twice the parameters are joined: some servers write one SASL line a mechanism. */
export function parseCapabilities(lines: readonly Uint8Array[]): AnnouncedCapabilities {
  const capabilities = new Map<string, readonly string[]>();
  for (const line of lines) {
    const [tag, ...parameters] = PLAIN_KERNEL.latin1(line)
      .split(" ")
      .filter((word) => word !== "");
    if (tag === undefined) continue;
    const name = tag.toUpperCase();
    capabilities.set(name, [...(capabilities.get(name) ?? []), ...parameters]);
  }
  return capabilities;
}
