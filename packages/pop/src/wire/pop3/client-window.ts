// Which commands may be sent now. Pipelining is tried with two and then done with many, in runs; commands whose reply
// decides what the connection is afterwards go alone (RFC 2449 §6.6, P3-C-099, P3-C-100).
import type { ClientCommand } from "./client-commands.ts";
import { clientRow, SHOWN_RESPONSE } from "./client-commands.ts";
import { initialResponseOf } from "./client-exchange.ts";
import type { ClientEffect, ClientSession, InFlight } from "./client-session.ts";
import { transition } from "./states.ts";

const PROBATION_MAX = 2;
/** Listings change nothing, and the driver gives none out before all are here: CAPA, LIST and UIDL go in one packet. */
const PROBATION_LISTINGS_MAX = 3;
const LISTINGS: ReadonlySet<string> = new Set(["CAPA", "LIST", "UIDL"]);

/** Sends what the window has room for. */
export function sendQueued<C extends ClientCommand>(session: ClientSession<C>): readonly ClientEffect<C>[] {
  if (session.inFlight.length === 0) session.isHeld = false;
  const effects: ClientEffect<C>[] = [];
  while (session.awaits === "replies" && !session.isHeld) {
    const command = session.queue[0];
    if (command === undefined || !maySend(session, command)) break;
    session.queue.shift();
    effects.push(send(session, command));
  }
  return effects;
}

/** The command whose reply comes next has been answered to its end. */
export function endReply<C extends ClientCommand>(session: ClientSession<C>): void {
  const ended = session.inFlight.shift() as InFlight<C>;
  session.inFlightOctets -= ended.command.expectedOctets ?? 0;
  const isProved = ended.pipelined && session.inFlight.length === 0;
  if (isProved && session.pipelining === "probation") {
    session.pipelining = "on";
    judgePipelining(session);
  }
  const { inFlightMax, octetsMax } = session.policy.pipelining;
  if (session.inFlight.length <= inFlightMax / 2 && session.inFlightOctets <= octetsMax / 2) session.isDraining = false;
}

/** Believes the last CAPA, or the policy (P3-C-099). Outside the transaction state there is nothing worth pipelining. */
export function judgePipelining(session: ClientSession): void {
  const { when } = session.policy.pipelining;
  const announced = session.capabilities?.has("PIPELINING") === true;
  const isPossible = session.state === "transaction" && !session.isDistrusted;
  const isWanted = isPossible && (when === "always" || (when === "announced" && announced));
  // What is said in probation may be another command's answer: it is judged once all are here.
  if (!isWanted && session.pipelining === "probation" && session.inFlight.length > 0) return;
  if (!isWanted) session.pipelining = "off";
  else if (session.pipelining === "off") session.pipelining = when === "always" ? "on" : "probation";
}

function maySend(session: ClientSession, command: ClientCommand): boolean {
  const { inFlight } = session;
  if (inFlight.length === 0) return true;
  if (isQuitBehindRset(session, command)) return true;
  // Nothing is sent behind one that goes alone, so that if one is in flight it is the last.
  if (session.pipelining === "off" || isAlone(command) || isAlone((inFlight.at(-1) as InFlight<ClientCommand>).command))
    return false;
  if (session.pipelining === "probation") return mayTry(session, command);
  if (!session.isDraining && isFull(session, command)) session.isDraining = true;
  return !session.isDraining;
}

/** Two, and then nothing until both are answered: the reply to a third would pass for that of a second that was lost. */
function mayTry({ inFlight }: ClientSession, command: ClientCommand): boolean {
  const areListings = [command, ...inFlight.map((sent) => sent.command)].every(isListing);
  const max = areListings ? PROBATION_LISTINGS_MAX : PROBATION_MAX;
  return inFlight.length < max && inFlight[0]?.pipelined === false;
}

/** Of the whole maildrop or server, in lines. */
function isListing({ keyword, shape }: ClientCommand): boolean {
  return shape === "lines" && LISTINGS.has(keyword);
}

/** Nothing goes behind QUIT; it may go itself behind the RSET that leaves it nothing to remove. */
function isQuitBehindRset({ inFlight, pipelining }: ClientSession, { keyword }: ClientCommand): boolean {
  return keyword === "QUIT" && pipelining === "on" && inFlight.length === 1 && inFlight[0]?.command.keyword === "RSET";
}

function isFull(session: ClientSession, next: ClientCommand): boolean {
  const { inFlightMax, octetsMax } = session.policy.pipelining;
  return session.inFlight.length >= inFlightMax || session.inFlightOctets + (next.expectedOctets ?? 0) > octetsMax;
}

function isAlone(command: ClientCommand): boolean {
  return clientRow(command.keyword).decides === true;
}

function send<C extends ClientCommand>(session: ClientSession<C>, command: C): ClientEffect<C> {
  const sent: InFlight<C> = {
    command,
    pipelined: session.inFlight.length > 0,
    isContinued: false,
    lines: [],
    lineCount: 0,
    lineOctets: 0,
    challenges: 0,
    challengesAfterCancel: 0,
    cancelled: undefined,
  };
  session.inFlight.push(sent);
  session.inFlightOctets += command.expectedOctets ?? 0;
  // RFC 1939 §6: whether the removal happens is decided by the server from here on.
  if (command.keyword === "QUIT" && session.state === "transaction") session.state = transition(session.state, "quit");
  const initial = initialResponseOf(command);
  const shown = initial === "" ? command.shown : `${command.shown} ${SHOWN_RESPONSE}`;
  return { kind: "send", text: `${command.line}${initial}\r\n`, shown };
}
