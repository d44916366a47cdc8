// What one ordinary session shows of a server, before anything odd is asked.
import type { Line, Reply, Talk, Transcript } from "./talk.ts";

export interface Capability {
  readonly tag: string;
  readonly line: string;
  readonly parameters: readonly string[];
}

/** Undefined: the server refused CAPA. */
export type Announced = readonly Capability[] | undefined;

export interface RetrievedMessage {
  readonly n: number;
  readonly reply: Reply;
  /** Un-stuffed. */
  readonly lines: readonly Line[];
  readonly octets: number;
}

export interface Facts {
  readonly greeting: Line;
  /** On this machine, where nobody listens in between. */
  readonly isLoopback: boolean;
  readonly isTls: boolean;
  readonly isStls: boolean;
  /** Before STLS, where it was used. */
  readonly capaInClear: Announced;
  readonly capaBefore: Announced;
  readonly capaAfter: Announced;
  readonly stat: Reply;
  readonly list: Reply;
  readonly uidl: Reply;
  readonly count: number;
  readonly sizes: ReadonlyMap<number, number>;
  readonly uniqueIds: ReadonlyMap<number, string>;
  readonly messages: readonly RetrievedMessage[];
  /** Of every conversation so far; grows. */
  readonly statusLines: readonly Line[];
  readonly transcript: Transcript;
}

const SAMPLE_MAX = 5;
const SAMPLE_OCTETS_MAX = 262_144;

export async function askCapabilities(talk: Talk): Promise<Announced> {
  const reply = await talk.ask("CAPA", { isMultiLine: true });
  if (!reply.isOk) return undefined;
  return reply.lines.map(({ text: line }) => {
    const [tag = "", ...parameters] = line.split(" ");
    return { tag: tag.toUpperCase(), line, parameters };
  });
}

export function has(announced: Announced, tag: string): boolean {
  return announced?.some((capability) => capability.tag === tag) === true;
}

export function parametersOf(announced: Announced, tag: string): readonly string[] {
  return announced?.find((capability) => capability.tag === tag)?.parameters ?? [];
}

/** STAT, LIST, UIDL and the first messages. A server that gives messages away on RETR is not asked for any. */
export async function inspect(talk: Talk, capaAfter: Announced) {
  const stat = await talk.ask("STAT");
  const list = await talk.ask("LIST", { isMultiLine: true });
  const uidl = await talk.ask("UIDL", { isMultiLine: true });
  const sizes = new Map(list.lines.map(({ text }) => twoColumns(text)).map(([n, size]) => [Number(n), Number(size)]));
  const uniqueIds = new Map(uidl.lines.map(({ text }) => twoColumns(text)).map(([n, id]) => [Number(n), id]));
  const messages: RetrievedMessage[] = [];
  if (!isGivenAway(capaAfter)) {
    for (const n of sample(sizes)) {
      const reply = await talk.ask(`RETR ${n}`, { isMultiLine: true });
      messages.push(asRetrieved(n, reply));
    }
  }
  return { stat, list, uidl, sizes, uniqueIds, messages, count: sizes.size };
}

/** RFC 2449 §6.7: EXPIRE 0, removed once retrieved. */
export function isGivenAway(announced: Announced): boolean {
  return parametersOf(announced, "EXPIRE")[0] === "0";
}

function sample(sizes: ReadonlyMap<number, number>): readonly number[] {
  return [...sizes]
    .filter(([, octets]) => octets <= SAMPLE_OCTETS_MAX)
    .slice(0, SAMPLE_MAX)
    .map(([n]) => n);
}

export function asRetrieved(n: number, reply: Reply): RetrievedMessage {
  const lines = reply.lines.map((line) => (line.text.startsWith(".") ? { ...line, text: line.text.slice(1) } : line));
  const octets = lines.reduce((sum, { text, end }) => sum + text.length + end.length, 0);
  return { n, reply, lines, octets };
}

function twoColumns(text: string): readonly [string, string] {
  const [first = "", second = ""] = text.split(" ");
  return [first, second];
}
