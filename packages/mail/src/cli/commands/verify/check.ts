// What a check is: a row with the requirements it asks about, what it says to the server, and who judges the answers.
import type { Facts } from "./facts.ts";
import type { Reply, Talk } from "./talk.ts";

export type Level = "MUST" | "SHOULD" | "MAY";

/** Undefined: as required. Otherwise what is wrong. */
export type Verdict = string | undefined;

interface Row {
  /** Of rfc/requirements. */
  readonly ids: readonly string[];
  readonly level: Level;
  readonly claim: string;
  /** Why it cannot be asked here, if so. */
  readonly excuse?: (facts: Facts) => string | undefined;
}

/** Judges what was seen already. */
export interface FactCheck extends Row {
  readonly stage: "nothing";
  readonly judge: (facts: Facts) => Verdict;
}

/** Says commands one by one, each of which must be answered alike; several before the login have a connection each. */
export interface ReplyCheck extends Row {
  readonly stage: "authorization" | "transaction";
  readonly commands: (facts: Facts) => readonly string[];
  readonly expect: "+OK" | "-ERR";
}

/** Holds a conversation. */
export interface TalkCheck extends Row {
  readonly stage: "authorization" | "transaction";
  readonly talk: (talk: Talk, facts: Facts, more: Connections) => Promise<Verdict>;
}

export type Check = FactCheck | ReplyCheck | TalkCheck;

/** More connections, for the rows that need them; dropped when the row is over. */
export interface Connections {
  greeted(): Promise<Talk>;
  /** Greeted, before STLS. */
  inClear(): Promise<Talk>;
  /** As `loggedIn`, trying again for a while when the session before still has the maildrop. */
  patiently(how?: "USER" | "PLAIN"): Promise<Talk>;
  loggedIn(how?: "USER" | "PLAIN"): Promise<Talk>;
  /** Says the login and gives the last reply. */
  login(talk: Talk, how?: "USER" | "PLAIN", password?: string): Promise<Reply>;
  readonly user: string;
}

export interface Outcome {
  readonly ids: readonly string[];
  readonly level: Level;
  readonly claim: string;
  readonly result: "pass" | "fail" | "not-applicable";
  /** Of a failure, and of what is not applicable. */
  readonly why?: string;
  readonly transcript: readonly string[];
}

export function shown(reply: Reply): string {
  return reply.line.text.slice(0, 120);
}

/** Undefined when the reply is as expected. */
export function expected(command: string, reply: Reply, expect: "+OK" | "-ERR"): Verdict {
  const isAsExpected = expect === "+OK" ? reply.isOk : reply.isError;
  return isAsExpected ? undefined : `${command.slice(0, 60)} was answered ${shown(reply)}`;
}

/** The first that is wrong. */
export function firstWrong(...verdicts: readonly Verdict[]): Verdict {
  return verdicts.find((verdict) => verdict !== undefined);
}
