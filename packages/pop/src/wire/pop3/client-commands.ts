// Commands as a client says them: checked before anything is sent, with what their reply looks like and what of them
// a log may show. Read from the server's own table.
import { PopError } from "../errors.ts";
import type { CommandDefinition } from "./command-definition.ts";
import { POP3_COMMANDS } from "./commands.ts";
import type { Pop3State } from "./states.ts";

/** A reply is one line; lines up to the terminator; a message up to it; a SASL exchange; or the start of TLS. */
export type ReplyShape = "line" | "lines" | "message" | "exchange" | "tls";

export interface ClientCommand {
  readonly keyword: string;
  /** Without its CRLF; one character an octet. */
  readonly line: string;
  /** The line without what is secret. */
  readonly shown: string;
  readonly shape: ReplyShape;
  /** Octets its reply will have, as far as anybody knows: what is in flight is bounded by them. */
  readonly expectedOctets?: number;
  readonly exchange?: ExchangeStart;
}

/** How an AUTH begins. */
export interface ExchangeStart {
  /** The client's first message; undefined where the server speaks first. */
  readonly initialResponse: Uint8Array | undefined;
  /** On the command line, if it fits there; else in answer to the first challenge. */
  readonly atOnce: boolean;
  /** The first challenge only says "go on", whatever is in it. */
  readonly ignoresFirstChallenge: boolean;
}

/** What the client needs to know of a keyword, ours or another server's. */
export type ClientCommandRow = Pick<CommandDefinition, "multiLine" | "decides"> & {
  readonly states?: readonly Pop3State[];
  readonly opensMaildrop?: true;
};

/** RFC 2449 §4: a command has at most 255 octets, its CRLF included; a SASL response is none. */
export const COMMAND_OCTETS_MAX = 255;

const HIDDEN = "****";
const FORBIDDEN = /[\r\n\0]/;
const UNWRITABLE = /[^\0-\xff]/;

const OPENS_MAILDROP: ReadonlySet<string> = new Set(["PASS", "APOP", "AUTH"]);
const ROWS: ReadonlyMap<string, ClientCommandRow> = new Map<string, ClientCommandRow>([
  ...POP3_COMMANDS.map((row): [string, ClientCommandRow] => [
    row.keyword,
    OPENS_MAILDROP.has(row.keyword) ? { ...row, opensMaildrop: true } : row,
  ]),
  // RFC 1939 §7: needs secrets in the clear on the server, so ours has none.
  ["APOP", { states: ["authorization"], decides: true, opensMaildrop: true }],
]);

/** The row of a keyword; of one nobody knows it is empty. */
export function clientRow(keyword: string): ClientCommandRow {
  return ROWS.get(keyword) ?? {};
}

/**
 * A command with its arguments, each one character an octet. Throws PopError BAD_ARGUMENT for CR, LF or NUL (P3-C-013)
 * and LINE_TOO_LONG beyond 255 octets.
 */
export function clientCommand(
  keyword: string,
  args: readonly (string | number)[] = [],
  more: { readonly expectedOctets?: number } = {},
): ClientCommand {
  // P3-C-012: an empty argument would leave a space at the end of the line.
  if (args.includes("")) throw new PopError("BAD_ARGUMENT");
  return command([keyword, ...args].join(" "), { keyword, shape: shapeOf(keyword, args.length > 0), ...more });
}

/** A whole line of the caller's, for what this package has no name for. Without `isMultiLine` the table decides. */
export function rawCommand(text: string, isMultiLine?: boolean): ClientCommand {
  const [word = "", ...args] = text.trim().split(" ");
  const keyword = word.toUpperCase();
  const shape = isMultiLine === undefined ? shapeOf(keyword, args.length > 0) : isMultiLine ? "lines" : "line";
  return command(text, { keyword, shape: shape === "message" ? "lines" : shape });
}

/** An AUTH command; `initialResponse` stays off the line when it would not fit (RFC 5034 §4). */
export function authCommand(mechanism: string, exchange: ExchangeStart): ClientCommand {
  return command(`AUTH ${mechanism}`, { keyword: "AUTH", shape: "exchange", exchange });
}

type Facts = Pick<ClientCommand, "keyword" | "shape" | "expectedOctets" | "exchange">;

function command(line: string, facts: Facts): ClientCommand {
  if (FORBIDDEN.test(line) || UNWRITABLE.test(line) || facts.keyword === "") throw new PopError("BAD_ARGUMENT");
  if (line.length + 2 > COMMAND_OCTETS_MAX) throw new PopError("LINE_TOO_LONG");
  return { ...facts, line, shown: shownLine(line, facts.keyword) };
}

function shapeOf(keyword: string, hasArgument: boolean): ReplyShape {
  if (keyword === "STLS") return "tls";
  const { multiLine } = clientRow(keyword);
  if (multiLine === undefined || (multiLine === "without-argument" && hasArgument)) return "line";
  return keyword === "RETR" || keyword === "TOP" ? "message" : "lines";
}

/** How many words of a command may be seen; of one with no row here, all. */
const SHOWN_WORDS: Readonly<Record<string, number>> = { PASS: 1, APOP: 2, AUTH: 2 };

function shownLine(line: string, keyword: string): string {
  const words = line.split(" ");
  const shown = SHOWN_WORDS[keyword] ?? words.length;
  return words.length > shown ? [...words.slice(0, shown), HIDDEN].join(" ") : line;
}

/** What a log shows of a SASL response. */
export const SHOWN_RESPONSE = HIDDEN;
