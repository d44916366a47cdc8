// --listen PROTOCOL=ADDRESS, given any number of times.
import { PROTOCOLS, suggestion } from "../config/index.ts";
import { CliError } from "./failure.ts";

export interface ListenFlag {
  readonly key: string;
  readonly flag: string;
  readonly value: string | readonly string[];
}

/** Several of one protocol are all meant; what each address is worth is the schema's to say. Throws CliError `usage`. */
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
      throw new CliError("usage", `--listen ${text}: ${protocol} is no protocol; ${suggestion(protocol, PROTOCOLS)}`);
    byProtocol.set(protocol, [...(byProtocol.get(protocol) ?? []), address]);
  }
  return [...byProtocol].map(([protocol, addresses]) => ({
    key: `listen.${protocol}`,
    flag: `--listen ${protocol}=${addresses.join(` --listen ${protocol}=`)}`,
    value: addresses.length === 1 ? (addresses[0] ?? "off") : addresses,
  }));
}
