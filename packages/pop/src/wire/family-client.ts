// What POP2 and POP1 clients have in common: one command at a time, a reply of one line told apart by its first octet,
// and now and then octets whose number was told before. Which commands there are, and when, is in a table of each.
import { PopError } from "./errors.ts";
import { FAMILY_LINE_OCTETS_MAX } from "./family-session.ts";
import { LineReader } from "./line-reader.ts";
import { PLAIN_KERNEL, type OctetKernel } from "./octets.ts";

/** How a reply begins; or the octets that were counted before. */
export type FamilyReply = "+" | "#" | "=" | "data";

export interface FamilyClientRow<State extends string> {
  readonly states: readonly State[];
  readonly reply: FamilyReply;
  /** Where that reply leads. */
  readonly next: State;
  /** Where a `-` leads; without it a `-` is garbage, and the end. */
  readonly refused?: State;
  /** The number in its reply says how many octets the next data has. */
  readonly counts?: true;
}

export interface FamilyClientTable<State extends string> {
  readonly protocol: "POP2" | "POP1";
  readonly first: State;
  readonly greeting: RegExp;
  readonly commands: Readonly<Record<string, FamilyClientRow<State>>>;
  /** Arguments are quoted (RFC 937). */
  readonly quote: (argument: string) => string;
  /** A request for no octets is garbage; otherwise it is answered with none (P1-S-018). */
  readonly hasEmptyData: boolean;
}

export interface FamilyClientSession<State extends string = string> {
  readonly table: FamilyClientTable<State>;
  /** Where the last reply led; the next command is the caller's. */
  state: State;
  awaits: "greeting" | "reply" | "data" | "nothing" | "closed";
  /** What the reply that is awaited belongs to. */
  sent: string;
  /** Octets that the next data has; while it comes, those still to come. */
  counted: number;
  /** The data that came last may be followed by a line end that nobody counted (P2-C-013). */
  isBehindData: boolean;
  /** A `+` line comes before POP1's data: some read RFC 918 so. */
  readonly hasDataReply: boolean;
  readonly lineOctetsMax: number;
  reader: LineReader;
  readonly kernel: OctetKernel;
}

export type FamilyClientEvent =
  | { readonly kind: "received"; readonly octets: Uint8Array }
  | { readonly kind: "command"; readonly keyword: string; readonly args: readonly string[] }
  | { readonly kind: "ended" };

export type FamilyClientFailure = "greeting" | "protocol" | "refused" | "line-too-long" | "truncated" | "closed";

export type FamilyClientEffect =
  /** One character an octet; a log may show `shown`. */
  | { readonly kind: "send"; readonly text: string; readonly shown: string }
  | { readonly kind: "greeting"; readonly text: string }
  | { readonly kind: "reply"; readonly number: number; readonly text: string }
  /** A `-` that the session survives. */
  | { readonly kind: "refused"; readonly text: string }
  | { readonly kind: "data"; readonly octets: Uint8Array }
  /** All the data came. */
  | { readonly kind: "whole" }
  | { readonly kind: "warning"; readonly text: string }
  /** Close. */
  | { readonly kind: "failed"; readonly failure: FamilyClientFailure; readonly text: string };

const FORBIDDEN = /[\r\n\0]/;
const SECRETS: Readonly<Record<string, number>> = { HELO: 1, PASS: 0 };
const HIDDEN = "****";
const SHOWN_OCTETS = 200;
const QUIT: FamilyClientEffect = { kind: "send", text: "QUIT\r\n", shown: "QUIT" };

/** A session before its connection: it awaits the greeting. */
export function createFamilyClient<State extends string>(
  table: FamilyClientTable<State>,
  of: { readonly lineOctetsMax: number; readonly hasDataReply?: boolean; readonly kernel?: OctetKernel },
): FamilyClientSession<State> {
  const kernel = of.kernel ?? PLAIN_KERNEL;
  return {
    table,
    state: table.first,
    awaits: "greeting",
    sent: "",
    counted: 0,
    isBehindData: false,
    hasDataReply: of.hasDataReply ?? false,
    lineOctetsMax: of.lineOctetsMax,
    reader: new LineReader({ kernel }),
    kernel,
  };
}

/**
 * Takes one event. Throws PopError WRONG_STATE for a command its table does not allow now, BAD_ARGUMENT for CR, LF or NUL
 * in an argument (P2-C-015), LINE_TOO_LONG beyond 512 octets. A closed session ignores every event.
 */
export function advanceFamilyClient(
  session: FamilyClientSession,
  event: FamilyClientEvent,
): readonly FamilyClientEffect[] {
  if (session.awaits === "closed") return [];
  switch (event.kind) {
    case "command":
      return command(session, event.keyword, event.args);
    case "received":
      return received(session, event.octets);
    case "ended":
      return [end(session, session.awaits === "data" ? "truncated" : "closed", "")];
  }
}

function command(
  session: FamilyClientSession,
  keyword: string,
  args: readonly string[],
): readonly FamilyClientEffect[] {
  const row = session.table.commands[keyword];
  if (session.awaits !== "nothing" || row?.states.includes(session.state) !== true) throw new PopError("WRONG_STATE");
  const isEmptyData = row.reply === "data" && session.counted === 0;
  // RFC 937 READ: "Do not attempt to RETR a message of zero characters."
  if (isEmptyData && !session.table.hasEmptyData) throw new PopError("WRONG_STATE");
  if (args.some((argument) => argument === "" || FORBIDDEN.test(argument) || /[^\0-\xff]/.test(argument)))
    throw new PopError("BAD_ARGUMENT");
  const line = [keyword, ...args.map((argument) => session.table.quote(argument))].join(" ");
  if (line.length + 2 > FAMILY_LINE_OCTETS_MAX) throw new PopError("LINE_TOO_LONG");
  const secretAt = SECRETS[keyword] ?? args.length;
  const shown = [keyword, ...args.map((argument, at) => (at < secretAt ? argument : HIDDEN))].join(" ");
  session.sent = keyword;
  session.awaits = row.reply === "data" && !session.hasDataReply ? "data" : "reply";
  const rest = session.reader.takeRest();
  return [{ kind: "send", text: `${line}\r\n`, shown }, ...received(session, rest)];
}

function received(session: FamilyClientSession, octets: Uint8Array): readonly FamilyClientEffect[] {
  const effects: FamilyClientEffect[] = [];
  let rest = octets;
  for (;;) {
    if (session.awaits === "data") {
      const data = rest.subarray(0, session.counted);
      rest = rest.subarray(data.length);
      session.counted -= data.length;
      if (data.length > 0) effects.push({ kind: "data", octets: data });
      if (session.counted > 0) return effects;
      arrive(session);
      session.isBehindData = true;
      effects.push({ kind: "whole" });
    }
    session.reader.push(rest);
    rest = rest.subarray(rest.length);
    if (session.awaits === "closed") return effects;
    // What comes before it was asked for is looked at when it is: behind data a line end may be one too many.
    if (session.awaits === "nothing") return isFlooded(session) ? [...effects, ...tooLong(session)] : effects;
    const line = session.reader.next(() => session.lineOctetsMax);
    if (line === undefined) return effects;
    effects.push(...(line.kind === "line" ? reply(session, PLAIN_KERNEL.latin1(line.octets)) : tooLong(session)));
    if (isAwaitingData(session)) rest = session.reader.takeRest();
  }
}

/** Asked by its own function, because a reply may have changed what is awaited. */
function isAwaitingData(session: FamilyClientSession): boolean {
  return session.awaits === "data";
}

/** No server has more than a line to say to a client that asked for nothing. */
function isFlooded({ reader, lineOctetsMax }: FamilyClientSession): boolean {
  return reader.buffered > lineOctetsMax;
}

function tooLong(session: FamilyClientSession): readonly FamilyClientEffect[] {
  return garbage(session, "line-too-long", "");
}

function reply(session: FamilyClientSession, line: string): readonly FamilyClientEffect[] {
  const { table } = session;
  if (session.awaits === "greeting") {
    if (!table.greeting.test(line)) return garbage(session, line.startsWith("-") ? "refused" : "greeting", line);
    session.awaits = "nothing";
    return [{ kind: "greeting", text: line }];
  }
  if (session.isBehindData && line === "") {
    session.isBehindData = false;
    return [{ kind: "warning", text: "a line end behind the message was not counted" }];
  }
  session.isBehindData = false;
  const row = table.commands[session.sent] as FamilyClientRow<string>;
  if (line.startsWith("-")) {
    const text = textOf(line);
    if (row.refused === undefined) return garbage(session, "refused", text);
    session.state = row.refused;
    session.awaits = "nothing";
    return [{ kind: "refused", text }];
  }
  if (row.reply === "data") {
    if (!line.startsWith("+")) return garbage(session, "protocol", line);
    session.awaits = "data";
    return [];
  }
  if (!line.startsWith(row.reply)) return garbage(session, "protocol", line);
  const number = row.reply === "+" ? 0 : numberOf(line);
  if (number === undefined) return garbage(session, "protocol", line);
  if (row.counts === true) session.counted = number;
  arrive(session);
  return [{ kind: "reply", number, text: textOf(line) }];
}

function arrive(session: FamilyClientSession): void {
  session.state = (session.table.commands[session.sent] as FamilyClientRow<string>).next;
  session.awaits = "nothing";
}

/** RFC 937, client action 1: "This is garbage. Send QUIT, and go to EXIT state." */
function garbage(
  session: FamilyClientSession,
  failure: FamilyClientFailure,
  text: string,
): readonly FamilyClientEffect[] {
  return [QUIT, end(session, failure, text.slice(0, SHOWN_OCTETS))];
}

function end(session: FamilyClientSession, failure: FamilyClientFailure, text: string): FamilyClientEffect {
  session.awaits = "closed";
  return { kind: "failed", failure, text };
}

/** Behind the first octet; `-ERR` and `+OK` are POP1's, and no text. */
function textOf(line: string): string {
  return line.replace(/^(?:\+OK(?= |$)|-ERR(?= |$)|[-+#=]\d*) ?/i, "");
}

function numberOf(line: string): number | undefined {
  const [, digits = ""] = /^.(\d{1,16})(?: .*)?$/.exec(line) ?? [];
  const number = Number(digits);
  return digits !== "" && Number.isSafeInteger(number) ? number : undefined;
}
