// --listen PROTOCOL=ADDRESS, given any number of times.
import { PROTOCOLS } from "../config/index.ts";
import { CliError } from "./failure.ts";

export interface ListenFlag {
  readonly key: string;
  readonly flag: string;
  readonly value: string | readonly string[];
}

/** Several of one protocol are all meant, and `off` takes back what stood before it; what each address is worth is the schema's to say. Throws CliError `usage`. */
export function listenFlags(given: readonly string[]): readonly ListenFlag[] {
  const byProtocol = new Map<string, string[]>();
  for (const text of given) {
    const [, protocol, address] = /^([^=]*)=(.+)$/.exec(text) ?? [];
    if (protocol === undefined || address === undefined)
      throw new CliError(
        "usage",
        `--listen ${text} is not PROTOCOL=HOST:PORT; write, say, --listen pop3=127.0.0.1:1110`,
      );
    if (!(PROTOCOLS as readonly string[]).includes(protocol))
      throw new CliError("usage", `--listen ${text}: ${protocol} is no protocol; write one of ${PROTOCOLS.join(", ")}`);
    byProtocol.set(protocol, address === "off" ? [] : [...(byProtocol.get(protocol) ?? []), address]);
  }
  return [...byProtocol].map(([protocol, addresses]) => ({
    key: `listen.${protocol}`,
    flag: (addresses.length === 0 ? ["off"] : addresses).map((address) => `--listen ${protocol}=${address}`).join(" "),
    value: addresses.length === 0 ? "off" : addresses,
  }));
}
