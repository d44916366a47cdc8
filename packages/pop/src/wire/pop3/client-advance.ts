// The only code that changes a client's session: one event in, the effects out.
import { DotUnstuffer } from "../multiline.ts";
import { DOT, LF, PLAIN_KERNEL } from "../octets.ts";
import { PopError } from "../errors.ts";
import { parseCapabilities } from "./client-capabilities.ts";
import { clientRow, type ClientCommand } from "./client-commands.ts";
import { answerChallenge, challengeText, initialResponseOf, takeChallenge } from "./client-exchange.ts";
import type { ClientEffect, ClientEvent, ClientFailure, ClientSession, InFlight } from "./client-session.ts";
import { parseStatus, type StatusLine } from "./client-status.ts";
import { endReply, judgePipelining, sendQueued } from "./client-window.ts";
import { transition } from "./states.ts";

/** Of a line that is no reply, as much as a person needs to see what it was. */
const SHOWN_OCTETS = 200;

/**
 * Takes one event. Throws PopError WRONG_STATE for a command its table does not allow now, and a plain Error for an
 * event the session does not await: a driver's bug. A closed session ignores every event.
 */
export function advanceClient<C extends ClientCommand>(
  session: ClientSession<C>,
  event: ClientEvent<C>,
): readonly ClientEffect<C>[] {
  if (session.state === "closed") return [];
  switch (event.kind) {
    case "received":
      return received(session, event.octets);
    case "command":
      return accept(session, event.command);
    case "first":
      session.queue.unshift(...event.commands);
      return sendQueued(session);
    case "withdraw":
      return withdraw(session, event.command);
    case "go-on":
      return sendQueued(session);
    case "hold":
      session.isHeld = session.inFlight.length > 0;
      return [];
    case "distrust":
      session.isHeld = session.inFlight.length > 0;
      session.isDistrusted = true;
      session.pipelining = "off";
      return [];
    case "sasl-response":
      return answerChallenge(session, expected(session, "sasl-response"), event.octets);
    case "tls-started":
      return tlsStarted(session);
    case "ended":
      return ended(session);
  }
}

function accept<C extends ClientCommand>(session: ClientSession<C>, command: C): readonly ClientEffect<C>[] {
  const { states } = clientRow(command.keyword);
  if (states?.includes(session.state) === false) throw new PopError("WRONG_STATE");
  session.queue.push(command);
  return sendQueued(session);
}

function withdraw<C extends ClientCommand>(session: ClientSession<C>, command: C): readonly ClientEffect<C>[] {
  const at = session.queue.indexOf(command);
  if (at >= 0) session.queue.splice(at, 1);
  return sendQueued(session);
}

/** RFC 2595 §4: what was said in cleartext is forgotten. */
function tlsStarted<C extends ClientCommand>(session: ClientSession<C>): readonly ClientEffect<C>[] {
  if (session.awaits !== "tls") throw new Error(`event tls-started while the session awaits ${session.awaits}`);
  session.state = transition(session.state, "tls-started");
  session.encrypted = true;
  session.capabilities = undefined;
  session.awaits = "replies";
  return sendQueued(session);
}

function ended<C extends ClientCommand>(session: ClientSession<C>): readonly ClientEffect<C>[] {
  return [fail(session, session.inFlight[0]?.isContinued === true ? "truncated" : "closed")];
}

function received<C extends ClientCommand>(session: ClientSession<C>, octets: Uint8Array): readonly ClientEffect<C>[] {
  if (session.awaits === "tls") return [fail(session, "tls-injection")];
  const effects: ClientEffect<C>[] = [];
  let rest = octets;
  while (rest.length > 0 && !isOver(session)) {
    const used = session.unstuffer === undefined ? takeLine(session, rest, effects) : takeData(session, rest, effects);
    rest = rest.subarray(used);
    if (rest.length > 0 && isAwaitingTls(session)) effects.splice(-1, 1, fail(session, "tls-injection"));
  }
  return effects;
}

/** These read what a function called in between has changed. */
function isOver(session: ClientSession): boolean {
  return session.state === "closed";
}
function isAwaitingTls(session: ClientSession): boolean {
  return session.awaits === "tls";
}

/** Takes octets up to a line end, and the line if it is whole. Gives how many it took. */
function takeLine<C extends ClientCommand>(
  session: ClientSession<C>,
  octets: Uint8Array,
  effects: ClientEffect<C>[],
): number {
  const lineEnd = session.kernel.indexOf(octets, LF, 0);
  const used = lineEnd < 0 ? octets.length : lineEnd + 1;
  session.reader.push(octets.subarray(0, used));
  const line = session.reader.next(() => session.policy.lineOctetsMax);
  if (line?.kind === "too-long") effects.push(fail(session, "line-too-long"));
  if (line?.kind === "line") effects.push(...(session.awaits === "greeting" ? greet : reply)(session, line.octets));
  return used;
}

function greet<C extends ClientCommand>(session: ClientSession<C>, line: Uint8Array): readonly ClientEffect<C>[] {
  const status = parseStatus(line);
  if (status === undefined) return [noReply(session, line)];
  if (!status.isOk) return [fail(session, "greeting-refused", { status })];
  session.greeting = status.text;
  session.awaits = "replies";
  return [{ kind: "greeting", status }];
}

function reply<C extends ClientCommand>(session: ClientSession<C>, line: Uint8Array): readonly ClientEffect<C>[] {
  const sent = session.inFlight[0];
  if (session.awaits === "sasl-response") return [noReply(session, line)];
  if (sent === undefined) return [unasked(session, line)];
  return sent.isContinued ? listingLine(session, sent, line) : firstLine(session, sent, line);
}

/** Servers say -ERR before they hang up on an idle session (RFC 1939 §3 forbids it); anything else is out of step. */
function unasked<C extends ClientCommand>(session: ClientSession<C>, line: Uint8Array): ClientEffect<C> {
  const status = parseStatus(line);
  return status?.isOk === false ? fail(session, "closed", { status }) : noReply(session, line);
}

function firstLine<C extends ClientCommand>(
  session: ClientSession<C>,
  sent: InFlight<C>,
  line: Uint8Array,
): readonly ClientEffect<C>[] {
  const status = parseStatus(line);
  if (sent.command.shape === "exchange") {
    const challenge = status === undefined ? challengeText(line) : okChallenge(sent, status);
    if (challenge !== undefined) return takeChallenge(session, sent, challenge) ?? [noReply(session, line)];
  }
  if (status === undefined) return [noReply(session, line)];
  return status.isOk ? accepted(session, sent, status) : finished(session, sent, status);
}

/** P3-C-064: Exchange 2003 says +OK where it means `+`, before anything was sent that it could accept. */
function okChallenge<C extends ClientCommand>(sent: InFlight<C>, status: StatusLine): Uint8Array | undefined {
  const isFirst = status.isOk && sent.challenges === 0 && initialResponseOf(sent.command) === "";
  return isFirst && sent.command.exchange?.ignoresFirstChallenge === true ? new Uint8Array(0) : undefined;
}

function accepted<C extends ClientCommand>(
  session: ClientSession<C>,
  sent: InFlight<C>,
  status: StatusLine,
): readonly ClientEffect<C>[] {
  const { command, cancelled } = sent;
  if (command.shape === "lines" || command.shape === "message") {
    sent.isContinued = true;
    if (command.shape === "message") session.unstuffer = new DotUnstuffer({ kernel: session.kernel });
    return [{ kind: "reply", command, status, isContinued: true, cancelled }];
  }
  // A server that takes a cancelled exchange for a login is not to be trusted with what follows.
  if (cancelled !== undefined) return [fail(session, "protocol", { status })];
  if (clientRow(command.keyword).opensMaildrop === true) {
    session.state = transition(session.state, "maildrop-opened");
    judgePipelining(session);
  }
  const effects = finished(session, sent, status);
  if (command.shape !== "tls") return effects;
  session.awaits = "tls";
  return [...effects, { kind: "start-tls", command }];
}

/** The reply was one line. */
function finished<C extends ClientCommand>(
  session: ClientSession<C>,
  sent: InFlight<C>,
  status: StatusLine,
): readonly ClientEffect<C>[] {
  const { command, cancelled } = sent;
  endReply(session);
  if (command.keyword === "QUIT") leave(session, status);
  return [{ kind: "reply", command, status, isContinued: false, cancelled }];
}

function leave(session: ClientSession, status: StatusLine): void {
  if (session.state === "authorization") session.state = transition(session.state, "quit");
  else session.state = transition(session.state, status.isOk ? "committed" : "commit-failed");
  session.awaits = "nothing";
}

function listingLine<C extends ClientCommand>(
  session: ClientSession<C>,
  sent: InFlight<C>,
  line: Uint8Array,
): readonly ClientEffect<C>[] {
  const { command } = sent;
  if (line.length === 1 && line[0] === DOT) {
    endReply(session);
    if (command.keyword === "CAPA") {
      session.capabilities = parseCapabilities(sent.lines);
      judgePipelining(session);
    }
    return [{ kind: "end", command }];
  }
  const isCapability = command.keyword === "CAPA";
  sent.lineCount += 1;
  sent.lineOctets += line.length + 2;
  const { capabilityLinesMax, listLinesMax, listOctetsMax } = session.policy;
  const linesMax = isCapability ? capabilityLinesMax : listLinesMax;
  if (sent.lineCount > linesMax || sent.lineOctets > listOctetsMax) return [fail(session, "too-many-lines")];
  const octets = line[0] === DOT ? line.subarray(1) : line;
  // Copied: what it came in is its driver's, and read into again.
  if (isCapability) sent.lines.push(new Uint8Array(octets));
  return [{ kind: "line", command, octets }];
}

/** Takes octets of a message. Gives how many belonged to it. */
function takeData<C extends ClientCommand>(
  session: ClientSession<C>,
  octets: Uint8Array,
  effects: ClientEffect<C>[],
): number {
  const { command } = session.inFlight[0] as InFlight<C>;
  const { data, rest } = (session.unstuffer as DotUnstuffer).push(octets);
  if (data.length > 0) effects.push({ kind: "data", command, pieces: data });
  if (rest === undefined) return octets.length;
  session.unstuffer = undefined;
  endReply(session);
  // A server that does not stuff dots ends messages early: what follows then is no reply, and the message not whole.
  effects.push(isPlausible(session, rest) ? { kind: "end", command } : noReply(session, rest));
  return octets.length - rest.length;
}

/** Could these octets begin a reply? A server may say -ERR unasked before it hangs up. */
function isPlausible(session: ClientSession, rest: Uint8Array): boolean {
  const head = PLAIN_KERNEL.latin1(rest.subarray(0, 4)).toUpperCase();
  return "-ERR".startsWith(head) || (session.inFlight.length > 0 && "+OK".startsWith(head.slice(0, 3)));
}

function expected<C extends ClientCommand>(session: ClientSession<C>, awaited: "sasl-response"): InFlight<C> {
  const sent = session.inFlight[0];
  if (session.awaits === awaited && sent !== undefined) return sent;
  throw new Error(`event ${awaited} while the session awaits ${session.awaits}`);
}

function noReply<C extends ClientCommand>(session: ClientSession<C>, line: Uint8Array): ClientEffect<C> {
  return fail(session, "protocol", { text: PLAIN_KERNEL.latin1(line.subarray(0, SHOWN_OCTETS)) });
}

function fail<C extends ClientCommand>(
  session: ClientSession<C>,
  failure: ClientFailure,
  why: { readonly status?: StatusLine; readonly text?: string } = {},
): ClientEffect<C> {
  session.state = transition(session.state, "disconnected");
  session.awaits = "nothing";
  return { kind: "failed", failure, ...why };
}
