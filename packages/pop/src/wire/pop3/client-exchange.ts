// The client's side of AUTH (RFC 5034 §4): initial responses, challenges, and `*` to give up.
import { decodeBase64, encodeBase64 } from "../base64.ts";
import { COMMAND_OCTETS_MAX, SHOWN_RESPONSE, type ClientCommand, type ExchangeStart } from "./client-commands.ts";
import type { ClientEffect, ClientSession, ExchangeEnd, InFlight } from "./client-session.ts";

/** A server may ask once more before it has read that the client gave up; one that goes on would go on for ever. */
const CHALLENGES_AFTER_CANCEL_MAX = 8;
const PLUS = 0x2b;
const SPACE = 0x20;
const NO_OCTETS = new Uint8Array(0);

/** ` dGVzdA==` or ` =`, if it belongs on the command line and fits there; else nothing. */
export function initialResponseOf(command: ClientCommand): string {
  const { exchange } = command;
  if (exchange?.initialResponse === undefined || !exchange.atOnce) return "";
  // RFC 5034 §4: an empty response is written "=".
  const text = exchange.initialResponse.length === 0 ? "=" : encodeBase64(exchange.initialResponse);
  return command.line.length + 1 + text.length + 2 > COMMAND_OCTETS_MAX ? "" : ` ${text}`;
}

/** The octets behind the `+` of a challenge; undefined for a line that is none. */
export function challengeText(line: Uint8Array): Uint8Array | undefined {
  if (line[0] !== PLUS) return undefined;
  // P3-C-064: some servers leave the space out.
  return line.subarray(line[1] === SPACE ? 2 : 1);
}

/** What to do about a challenge: answer it here, hand it to the mechanism, or give up; undefined when it is no exchange any more. */
export function takeChallenge<C extends ClientCommand>(
  session: ClientSession<C>,
  sent: InFlight<C>,
  text: Uint8Array,
): readonly ClientEffect<C>[] | undefined {
  const start = sent.command.exchange as ExchangeStart;
  sent.challenges += 1;
  if (sent.cancelled !== undefined) {
    sent.challengesAfterCancel += 1;
    return sent.challengesAfterCancel > CHALLENGES_AFTER_CANCEL_MAX ? undefined : [cancelLine()];
  }
  const goesOn = sent.challenges === 1 && initialResponseOf(sent.command) === "";
  if (goesOn && start.initialResponse !== undefined) {
    if (text.length > 0 && !start.ignoresFirstChallenge) return [cancel(sent, "unexpected-challenge")];
    return [responseLine(start.initialResponse)];
  }
  const octets = goesOn && start.ignoresFirstChallenge ? (decodeBase64(text) ?? NO_OCTETS) : decodeBase64(text);
  if (octets === undefined) return [cancel(sent, "undecodable-challenge")];
  session.awaits = "sasl-response";
  return [{ kind: "challenge", command: sent.command, octets }];
}

/** The mechanism's answer, or its refusal. */
export function answerChallenge<C extends ClientCommand>(
  session: ClientSession<C>,
  sent: InFlight<C>,
  octets: Uint8Array | undefined,
): readonly ClientEffect<C>[] {
  session.awaits = "replies";
  return [octets === undefined ? cancel(sent, "refused-by-client") : responseLine(octets)];
}

function cancel<C>(sent: InFlight<C>, why: ExchangeEnd): ClientEffect<C> {
  sent.cancelled = why;
  return cancelLine();
}

function cancelLine<C>(): ClientEffect<C> {
  return { kind: "send", text: "*\r\n", shown: "*" };
}

function responseLine<C>(octets: Uint8Array): ClientEffect<C> {
  return { kind: "send", text: `${encodeBase64(octets)}\r\n`, shown: SHOWN_RESPONSE };
}
