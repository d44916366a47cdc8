// What differs between the protocols a listener may speak; everything else in this folder is the same for all of them.
import { ERRORS, pop1Side, pop2Side, pop3Side, refuseConnection } from "../wire/index.ts";
import type { Channel, FamilyPolicy, Pop3Policy, ServerSide } from "../wire/index.ts";
import type { Protocol } from "./contract.ts";

export interface Policies {
  readonly pop3: Pop3Policy;
  /** Of POP2 and POP1. */
  readonly family: FamilyPolicy;
}

interface Generation {
  /** TLS from the first octet. */
  readonly implicitTls: boolean;
  /** What takes the place of the greeting for a peer that is not let in. */
  readonly refusal: string;
  /** A session before its greeting. */
  begin(channel: Channel, policies: Policies): ServerSide;
}

const pop3: Omit<Generation, "implicitTls"> = {
  refusal: refuseConnection("TOO_MANY_CONNECTIONS"),
  begin: (channel, { pop3: policy }) => pop3Side({ channel, policy }),
};

const pop2: Omit<Generation, "implicitTls"> = {
  refusal: `- ${ERRORS.TOO_MANY_CONNECTIONS.reply}\r\n`,
  begin: (channel, { family: policy }) => pop2Side({ channel, policy }),
};

const pop1: Omit<Generation, "implicitTls"> = {
  refusal: `-ERR ${ERRORS.TOO_MANY_CONNECTIONS.reply}\r\n`,
  begin: (channel, { family: policy }) => pop1Side({ channel, policy }),
};

export const GENERATIONS: Readonly<Record<Protocol, Generation>> = {
  pop3: { ...pop3, implicitTls: false },
  pop3s: { ...pop3, implicitTls: true },
  pop2: { ...pop2, implicitTls: false },
  pop2s: { ...pop2, implicitTls: true },
  pop1: { ...pop1, implicitTls: false },
  pop1s: { ...pop1, implicitTls: true },
};
