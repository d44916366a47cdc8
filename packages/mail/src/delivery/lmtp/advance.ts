// The only code that changes an LMTP session: one event in, the effects out, in order. No clock, no I/O.
import type { Answer } from "./commands.ts";
import type { CloseReason, LmtpEffect, LmtpEvent, LmtpSession } from "./session.ts";
import { COMMANDS } from "./commands.ts";
import { multilineReply, reply, type ReplyName } from "./replies.ts";
import { TRANSITIONS, type Trigger } from "./states.ts";

const UTF8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Takes one event in and says what the driver must do. Throws on an event the session does not await: a mistake of the driver. */
export function advance(session: LmtpSession, event: LmtpEvent): readonly LmtpEffect[] {
  if (session.state === "closed") return [];
  switch (event.kind) {
    case "connected":
      session.awaits = "line";
      return [say(multilineReply(220, [`${session.policy.hostName} LMTP Restante ready`]))];
    case "line":
      return runLine(session, event.octets);
    case "line-too-long":
      return apply(session, { reply: "line-too-long", bad: true });
    case "recipient":
      return takeRecipient(session, event.answer);
    case "data-ended":
      return beginDelivery(session);
    case "outcome":
      return takeOutcome(session, event.index, event.reply);
    case "delivery-timeout":
      return giveUpDelivery(session);
    case "timeout":
      return end(session, "timeout");
    case "stop":
      session.stopping = true;
      return endIfStopping(session);
    case "disconnected":
      return end(session, "disconnected");
  }
}

function runLine(session: LmtpSession, octets: Uint8Array): readonly LmtpEffect[] {
  const line = decodeLine(octets);
  if (line === undefined) return apply(session, { reply: "bad-octets", bad: true });
  const space = line.indexOf(" ");
  const keyword = (space === -1 ? line : line.slice(0, space)).toUpperCase();
  const command = COMMANDS.get(keyword);
  if (command === undefined) return apply(session, { reply: "unknown-command", bad: true });
  if (!command.states.includes(session.state)) return apply(session, outOfOrder(session, command.otherwise));
  return apply(session, command.run(session, space === -1 ? "" : line.slice(space + 1)));
}

// After a refused MAIL the rest of a pipelined group is out of order too (RFC 2920 §3.1): that is no bad client.
function outOfOrder(session: LmtpSession, name: ReplyName): Answer {
  return session.state === "greeting" ? { reply: name, bad: true } : { reply: name };
}

function apply(session: LmtpSession, answer: Answer): readonly LmtpEffect[] {
  const effects: LmtpEffect[] = [];
  const text = answer.text ?? (answer.reply === undefined ? undefined : reply(answer.reply));
  session.badCommands = answer.bad === true ? session.badCommands + 1 : 0;
  if (session.badCommands >= badCommandsMax(session)) {
    if (text !== undefined) effects.push(say(text));
    return effects.concat(end(session, "bad-commands"));
  }
  if (answer.trigger !== undefined) move(session, answer.trigger);
  if (text !== undefined) effects.push(say(text));
  effects.push(...(answer.effects ?? []));
  session.awaits = awaitedAfter(session, effects);
  if (answer.trigger === "closed") effects.push({ kind: "close", reason: "quit" });
  return effects.concat(endIfStopping(session));
}

function awaitedAfter(session: LmtpSession, effects: readonly LmtpEffect[]): LmtpSession["awaits"] {
  if (session.state === "closed") return "nothing";
  if (session.state === "data") return "data";
  return effects.some(({ kind }) => kind === "look-up") ? "recipient" : "line";
}

function takeRecipient(
  session: LmtpSession,
  answer: Extract<LmtpEvent, { kind: "recipient" }>["answer"],
): readonly LmtpEffect[] {
  const mailbox = session.pending;
  if (mailbox === undefined) throw new Error("no recipient is being looked up");
  session.pending = undefined;
  if (answer.kind !== "account") return apply(session, { reply: answer.kind });
  session.recipients.push({ mailbox, account: answer.account });
  return apply(session, { reply: "recipient-ok", trigger: "recipient" });
}

function beginDelivery(session: LmtpSession): readonly LmtpEffect[] {
  const { reversePath, recipients } = session;
  if (reversePath === undefined) throw new Error("a message without a sender");
  move(session, "data-ended");
  session.awaits = "outcomes";
  session.outcomes = recipients.map(() => undefined);
  session.answered = 0;
  return [{ kind: "deliver", reversePath, recipients }];
}

// RFC 2033 §4.2, §5: one reply a recipient, in the order of RCPT, each as soon as it and those before it are known.
function takeOutcome(session: LmtpSession, index: number, outcome: ReplyName): readonly LmtpEffect[] {
  if (session.state !== "delivering") return []; // the time for it was up
  session.outcomes[index] ??= outcome;
  return answerKnown(session);
}

function giveUpDelivery(session: LmtpSession): readonly LmtpEffect[] {
  if (session.state !== "delivering") return [];
  session.outcomes = session.outcomes.map((outcome) => outcome ?? "unavailable");
  return answerKnown(session);
}

function answerKnown(session: LmtpSession): readonly LmtpEffect[] {
  let text = "";
  for (
    let known = session.outcomes[session.answered];
    known !== undefined;
    known = session.outcomes[session.answered]
  ) {
    text += reply(known === "over-quota" && session.policy.overQuota === "refuse" ? "over-quota-for-good" : known);
    session.answered += 1;
  }
  const effects: LmtpEffect[] = text === "" ? [] : [say(text)];
  if (session.answered < session.outcomes.length) return effects;
  move(session, "delivered");
  session.awaits = "line";
  return effects.concat(endIfStopping(session));
}

function move(session: LmtpSession, trigger: Trigger): void {
  const next = TRANSITIONS[session.state][trigger];
  if (next === undefined) throw new Error(`no way from ${session.state} by ${trigger}`);
  session.state = next;
  if (next !== "ready") return;
  session.reversePath = undefined;
  session.utf8 = false;
  session.recipients = [];
}

const LAST_WORDS: Readonly<Partial<Record<CloseReason, ReplyName>>> = {
  timeout: "waited-too-long",
  "bad-commands": "too-many-bad-commands",
  stopped: "shutting-down",
};

function end(session: LmtpSession, reason: CloseReason): readonly LmtpEffect[] {
  move(session, "closed");
  session.awaits = "nothing";
  const words = LAST_WORDS[reason];
  return [...(words === undefined ? [] : [say(reply(words))]), { kind: "discard" }, { kind: "close", reason }];
}

// A transaction that has begun is finished; between transactions the session ends (RFC 5321 §3.8).
function endIfStopping(session: LmtpSession): readonly LmtpEffect[] {
  const idle = session.awaits === "line" && (session.state === "greeting" || session.state === "ready");
  return session.stopping && idle ? end(session, "stopped") : [];
}

function badCommandsMax(session: LmtpSession): number {
  return session.policy.badCommandsMax[session.state === "greeting" ? "greeting" : "session"];
}

// RFC 5321 §2.3.8: CR and LF only as a pair; RFC 6531 §3.3: beyond ASCII only as UTF-8.
function decodeLine(octets: Uint8Array): string | undefined {
  for (const octet of octets) if (octet < 0x20 || octet === 0x7f) return undefined;
  try {
    return UTF8.decode(octets);
  } catch {
    return undefined;
  }
}

function say(text: string): LmtpEffect {
  return { kind: "reply", text };
}
