// Rows that say one thing after another and look at how each is answered.
import type { ReplyCheck } from "./check.ts";
import { has, isGivenAway, type Facts } from "./facts.ts";
import { isEmpty } from "./seen-checks.ts";

const TWO_TO_THE_32 = 4_294_967_296;

/** Numbers no message has: none, behind the last, the first one's modulo 2^32, beyond 2^64, and what is no number. */
const badNumbers = ({ count }: Facts): readonly string[] => [
  "0",
  String(count + 1),
  String(TWO_TO_THE_32 + 1),
  "99999999999999999999",
  "1.5",
  "-1",
  "1x",
  "abc",
];

const noUidl = ({ uidl }: Facts): string | undefined => (uidl.isOk ? undefined : "the server has no UIDL");
const noTop = ({ capaAfter }: Facts): string | undefined =>
  capaAfter === undefined || has(capaAfter, "TOP") ? undefined : "the server has no TOP";
const givesAway = ({ capaAfter }: Facts): string | undefined =>
  isGivenAway(capaAfter) ? "RETR gives messages away here (EXPIRE 0)" : undefined;

function row(
  ids: string,
  stage: ReplyCheck["stage"],
  claim: string,
  o: {
    readonly excuse?: ReplyCheck["excuse"];
    readonly expect?: "+OK" | "-ERR";
    readonly level?: ReplyCheck["level"];
    readonly say: (facts: Facts) => readonly string[];
  },
): ReplyCheck {
  const { excuse, expect = "-ERR", level = "MUST", say } = o;
  return { ids: ids.split(" "), level, claim, stage, ...(excuse && { excuse }), commands: say, expect };
}

export const BEFORE_LOGIN_CHECKS: readonly ReplyCheck[] = [
  row("P3-S-011", "authorization", "an unknown command is refused before the login", {
    say: () => ["XVERIFY", "XVERIFY 1 2 3", ""],
  }),
  row("P3-S-012", "authorization", "commands of the transaction are refused before the login", {
    say: () => ["STAT", "LIST", "RETR 1", "DELE 1", "NOOP", "RSET", "TOP 1 0", "UIDL"],
  }),
  row("P3-S-032", "authorization", "PASS without USER is refused", { say: () => ["PASS nothing"] }),
  row("P3-S-011", "authorization", "USER, PASS and APOP without their arguments are refused", {
    say: () => ["USER", "PASS", "APOP"],
  }),
  row("P3-S-201", "authorization", "a SASL mechanism that does not exist is refused", {
    excuse: ({ capaBefore }) => (has(capaBefore, "SASL") ? undefined : "SASL is not announced"),
    say: () => ["AUTH X-VERIFY-NONE"],
  }),
  row("P3-S-172", "authorization", "STLS inside TLS is refused", {
    level: "SHOULD",
    excuse: ({ isTls }) => (isTls ? undefined : "TLS is not used"),
    say: () => ["STLS"],
  }),
];

export const TRANSACTION_CHECKS: readonly ReplyCheck[] = [
  row("P3-S-117", "transaction", "NOOP is +OK", { expect: "+OK", say: () => ["NOOP"] }),
  row("P3-S-006", "transaction", "keywords mean the same in small letters", {
    expect: "+OK",
    say: () => ["noop", "nOoP", "stat", "rSeT"],
  }),
  row("P3-S-011", "transaction", "an unknown command is refused, and the session goes on", {
    say: () => ["XVERIFY", "XVERIFY 1 2 3", ""],
  }),
  row("P3-S-012 P3-S-031 P3-S-200", "transaction", "logging in again is refused", {
    say: () => ["USER nobody", "PASS nothing", "AUTH PLAIN", "APOP nobody 0123456789abcdef0123456789abcdef"],
  }),
  row("P3-S-173", "transaction", "STLS after the login is refused", { say: () => ["STLS"] }),
  row("P3-S-109 P3-S-072", "transaction", "LIST of a number no message has is refused", {
    say: (facts) => badNumbers(facts).map((number) => `LIST ${number}`),
  }),
  row("P3-S-109", "transaction", "RETR of a number no message has, or of none, is refused", {
    excuse: givesAway,
    say: (facts) => ["RETR", ...badNumbers(facts).map((number) => `RETR ${number}`)],
  }),
  row("P3-S-109", "transaction", "DELE of a number no message has, or of none, is refused", {
    say: (facts) => ["DELE", ...badNumbers(facts).map((number) => `DELE ${number}`)],
  }),
  row("P3-S-109 P3-S-079", "transaction", "UIDL of a number no message has is refused", {
    excuse: noUidl,
    say: (facts) => badNumbers(facts).map((number) => `UIDL ${number}`),
  }),
  row("P3-S-109", "transaction", "TOP of a number no message has is refused", {
    excuse: noTop,
    say: (facts) => badNumbers(facts).map((number) => `TOP ${number} 0`),
  }),
  row("P3-S-112", "transaction", "TOP without both of its arguments, or with a count that is none, is refused", {
    excuse: (facts) => noTop(facts) ?? isEmpty(facts),
    say: () => ["TOP", "TOP 1", "TOP 1 -1", "TOP 1 x"],
  }),
];
