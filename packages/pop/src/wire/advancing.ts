// What the advance functions of all generations do alike.
import type { Awaited, Effect, SessionEvent } from "./server-contract.ts";

/** What a session must be awaiting for an event to make sense; what is not named may come at any time, or never does. */
export type ExpectedEvents = Readonly<Partial<Record<SessionEvent["kind"], readonly Awaited[]>>>;

/** Those every generation knows. */
export const EXPECTED: ExpectedEvents = {
  connected: ["nothing"],
  line: ["line"],
  "line-too-long": ["line"],
  accepted: ["verdict"],
  refused: ["verdict"],
  "maildrop-opened": ["maildrop"],
  "maildrop-refused": ["maildrop"],
  sent: ["sent"],
  "send-failed": ["sent"],
  committed: ["commit"],
  "commit-failed": ["commit"],
};

/** Throws a plain Error on an event the session does not await: a driver's bug. */
export function demandExpected(expected: ExpectedEvents, awaits: Awaited, { kind }: SessionEvent): void {
  if (expected[kind]?.includes(awaits) === false) throw new Error(`event ${kind} while the session awaits ${awaits}`);
}

/** Answers that were under way when the session ended; a maildrop among them must not stay locked. */
export function afterTheEnd({ kind }: SessionEvent): readonly Effect[] {
  return kind === "maildrop-opened" || kind === "commit-failed" ? [{ kind: "release-maildrop" }] : [];
}

export function awaitLine(session: { awaits: Awaited }, text: string): readonly Effect[] {
  session.awaits = "line";
  return [{ kind: "reply", text }];
}
