// What POP2 and POP1 sessions have in common on the server: neither knows TLS, SASL or pipelining.
import { PopError } from "./errors.ts";
import { SPACE } from "./octets.ts";
import type { Channel } from "./server-contract.ts";
import type { SideRules } from "./session-side.ts";

/** RFC 937 "Sizes": of a command line and of a reply line, line end included. Taken for RFC 918, which says nothing. */
export const FAMILY_LINE_OCTETS_MAX = 512;

/** Lines are short, and each is answered before the next is looked at. */
export const FAMILY_LINES: Pick<SideRules<unknown>, "lineOctetsMax" | "nextInRun"> = {
  lineOctetsMax: () => FAMILY_LINE_OCTETS_MAX,
  nextInRun: () => undefined,
};

export interface FamilyPolicy {
  /** In POP2's greeting; a name that begins with a letter, or `localhost` stands in its place. */
  readonly hostName: string;
  /** Passwords may cross a network for everyone to read. */
  readonly allowsCleartext: boolean;
  /** POP1: bad commands in a row that are answered, before login and after. */
  readonly badCommandsMax: { readonly authorization: number; readonly transaction: number };
  /** POP1: the failed login that closes the connection. POP2 closes at the first (RFC 937 HELO). */
  readonly failedLoginsMax: number;
}

export const DEFAULT_FAMILY_POLICY: FamilyPolicy = {
  hostName: "localhost",
  allowsCleartext: false,
  badCommandsMax: { authorization: 3, transaction: 20 },
  failedLoginsMax: 3,
};

/** A password is the only way to log in, so it may be said only where nobody else reads it, or where that is allowed. */
export function mayLogIn(channel: Channel, policy: FamilyPolicy): boolean {
  return channel.encrypted || channel.loopback || policy.allowsCleartext;
}

/** Throws PopError when something stands behind a keyword that takes no argument. */
export function demandNothing(rest: Uint8Array): void {
  if (rest.some((octet) => octet !== SPACE)) throw new PopError("BAD_ARGUMENT");
}
