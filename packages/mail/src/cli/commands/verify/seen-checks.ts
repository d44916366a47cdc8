// Rows about what an ordinary session showed: greeting, capabilities, listings, messages.
import type { FactCheck, Verdict } from "./check.ts";
import { has, parametersOf, type Announced, type Facts } from "./facts.ts";
import { printed, type Line, type Reply } from "./talk.ts";

const LINE_OCTETS_MAX = 512;
const UNIQUE_ID = /^[\x21-\x7e]{1,70}$/;
/** RFC 1939, 2449, 2595, 3206, 5034, 6856; APOP has no tag (RFC 2449 §6). */
const STANDARD_TAGS: ReadonlySet<string> = new Set([
  "TOP",
  "USER",
  "SASL",
  "RESP-CODES",
  "LOGIN-DELAY",
  "PIPELINING",
  "EXPIRE",
  "UIDL",
  "IMPLEMENTATION",
  "STLS",
  "AUTH-RESP-CODE",
  "UTF8",
  "LANG",
]);

const noCapa = ({ capaBefore, capaAfter }: Facts): string | undefined =>
  capaBefore === undefined && capaAfter === undefined ? "the server has no CAPA" : undefined;
const noUidl = ({ uidl }: Facts): string | undefined => (uidl.isOk ? undefined : "the server has no UIDL");
export const isEmpty = ({ count }: Facts): string | undefined => (count === 0 ? "the maildrop is empty" : undefined);
export const noMessages = ({ messages }: Facts): string | undefined =>
  messages.length === 0
    ? "no message was retrieved: none there, none small enough, or RETR gives them away"
    : undefined;

function row(
  ids: string,
  level: FactCheck["level"],
  claim: string,
  o: { readonly excuse?: FactCheck["excuse"]; readonly judge: FactCheck["judge"] },
): FactCheck {
  return { ids: ids.split(" "), level, claim, stage: "nothing", ...(o.excuse && { excuse: o.excuse }), judge: o.judge };
}

/** Names the first that is not as it must be. */
function all<T>(items: Iterable<T>, isRight: (item: T) => boolean, describe: (item: T) => string): Verdict {
  for (const item of items) if (!isRight(item)) return describe(item);
  return undefined;
}

const quoted = ({ text }: Line): string => `"${printed(text)}"`;

export const GREETING_CHECKS: readonly FactCheck[] = [
  row("P3-S-002", "MUST", "the greeting is one +OK line", {
    judge: ({ greeting }) => (/^\+OK(?: |$)/.test(greeting.text) ? undefined : `it was ${quoted(greeting)}`),
  }),
  row("P3-S-044 P3-S-038", "MUST", "the greeting holds one timestamp for APOP, or no < at all", {
    judge: ({ greeting: { text } }) =>
      !text.includes("<") || /^[^<]*<[^<>@\s]+@[^<>@\s]+>[^<]*$/.test(text)
        ? undefined
        : "a < that begins no timestamp",
  }),
];

const tags = (announced: Announced): readonly string[] => (announced ?? []).map(({ tag }) => tag);

export const CAPABILITY_CHECKS: readonly FactCheck[] = [
  row("P3-S-140", "MUST", "CAPA is answered before and after the login, if at all", {
    excuse: noCapa,
    judge: ({ capaBefore, capaAfter }) =>
      capaBefore === undefined || capaAfter === undefined
        ? `refused ${capaBefore === undefined ? "before" : "after"} it`
        : undefined,
  }),
  row("P3-S-141", "MUST", "what is announced before the login is announced after it, STLS excepted", {
    excuse: noCapa,
    judge: ({ capaBefore, capaAfter }) =>
      all(
        tags(capaBefore),
        (tag) => tag === "STLS" || has(capaAfter, tag),
        (tag) => `${tag} is not announced after it`,
      ),
  }),
  row("P3-S-143", "MUST", "TOP and UIDL are announced in both states or in neither", {
    excuse: noCapa,
    judge: ({ capaBefore, capaAfter }) =>
      all(
        ["TOP", "UIDL"],
        (tag) => has(capaBefore, tag) === has(capaAfter, tag),
        (tag) => `${tag} in one state only`,
      ),
  }),
  row("P3-S-143", "MUST", "UIDL is announced when it works", {
    excuse: (facts) => noCapa(facts) ?? noUidl(facts),
    judge: ({ capaAfter }) => (has(capaAfter, "UIDL") ? undefined : "it works and is not announced"),
  }),
  row("P3-S-145", "MUST", "each capability is a tag of printable characters in a line of at most 512 octets", {
    excuse: noCapa,
    judge: ({ capaInClear, capaBefore, capaAfter }) =>
      all(
        [...(capaInClear ?? []), ...(capaBefore ?? []), ...(capaAfter ?? [])],
        ({ tag, line }) => /^[\x21-\x2d\x2f-\x7e][\x21-\x7e]*$/.test(tag) && line.length + 2 <= LINE_OCTETS_MAX,
        ({ line }) => `"${printed(line)}"`,
      ),
  }),
  row("P3-S-161", "MUST", "capabilities are those of RFCs, or begin with X", {
    excuse: noCapa,
    judge: ({ capaBefore, capaAfter }) =>
      all(
        [...tags(capaBefore), ...tags(capaAfter)],
        (tag) => STANDARD_TAGS.has(tag) || tag.startsWith("X"),
        (tag) => `${printed(tag)} is neither`,
      ),
  }),
  row("P3-S-170", "MUST", "STLS is announced only where it can be used: before the login and before TLS", {
    excuse: noCapa,
    judge: ({ capaBefore, capaAfter, isTls }) => {
      if (has(capaAfter, "STLS")) return "it is announced after the login";
      return isTls && has(capaBefore, "STLS") ? "it is announced inside TLS" : undefined;
    },
  }),
  row(
    "P3-S-177 P3-S-214",
    "SHOULD",
    "where STLS is offered, nothing that sends a password in clear is announced before it",
    {
      excuse: ({ isStls, isLoopback }) =>
        isLoopback ? "on one machine nobody listens in between" : isStls ? undefined : "STLS was not used",
      judge: ({ capaInClear }) =>
        has(capaInClear, "USER") || parametersOf(capaInClear, "SASL").some((name) => /^(?:PLAIN|LOGIN)$/i.test(name))
          ? "USER, PLAIN or LOGIN is announced in clear"
          : undefined,
    },
  ),
];

const entries = (reply: Reply): readonly Line[] => reply.lines;

export const LISTING_CHECKS: readonly FactCheck[] = [
  row("P3-S-070", "MUST", "STAT: +OK, count and octets, one space between them", {
    judge: ({ stat }) => (/^\+OK \d+ \d+(?: |$)/.test(stat.line.text) ? undefined : quoted(stat.line)),
  }),
  row("P3-S-071", "SHOULD", "STAT says nothing behind the octets", {
    judge: ({ stat }) => (/^\+OK \d+ \d+$/.test(stat.line.text) ? undefined : quoted(stat.line)),
  }),
  row("P3-S-073", "MUST", "LIST: a line a message, number and octets, ascending", {
    judge: ({ list }) => {
      if (!list.isOk) return quoted(list.line);
      const odd = all(entries(list), ({ text }) => /^[1-9]\d* \d+(?: |$)/.test(text), quoted);
      const numbers = entries(list).map(({ text }) => Number(text.split(" ", 1)[0]));
      return (
        odd ??
        all(
          numbers.entries(),
          ([index, n]) => n === index + 1,
          ([, n]) => `${n} is out of its place`,
        )
      );
    },
  }),
  row("P3-S-075", "SHOULD", "LIST says nothing behind the octets", {
    judge: ({ list }) => all(entries(list), ({ text }) => /^\d+ \d+$/.test(text), quoted),
  }),
  row("P3-S-074", "MUST", "LIST and UIDL of an empty maildrop are +OK and no lines", {
    excuse: ({ count }) => (count === 0 ? undefined : "the maildrop is not empty"),
    judge: ({ list, uidl, capaAfter }) => {
      if (!list.isOk || list.lines.length > 0) return quoted(list.line);
      return has(capaAfter, "UIDL") && (!uidl.isOk || uidl.lines.length > 0) ? quoted(uidl.line) : undefined;
    },
  }),
  row("P3-S-077", "MUST", "STAT is the count and the sum of LIST", {
    judge: ({ stat, sizes }) => {
      const sum = [...sizes.values()].reduce((octets, size) => octets + size, 0);
      const [, count, octets] = stat.line.text.split(" ");
      return Number(count) === sizes.size && Number(octets) === sum
        ? undefined
        : `STAT says ${count} and ${octets}, LIST ${sizes.size} and ${sum}`;
    },
  }),
  row("P3-S-079", "MUST", "UIDL: a line a message, number and unique-id, one space, nothing behind; as many as LIST", {
    excuse: noUidl,
    judge: ({ uidl, sizes }) =>
      all(entries(uidl), ({ text }) => /^[1-9]\d* [^ ]+$/.test(text), quoted) ??
      (uidl.lines.length === sizes.size ? undefined : `${uidl.lines.length} lines for ${sizes.size} messages`),
  }),
  row("P3-S-080", "MUST", "a unique-id is 1 to 70 octets from 0x21 to 0x7E", {
    excuse: (facts) => noUidl(facts) ?? isEmpty(facts),
    judge: ({ uniqueIds }) =>
      all(
        uniqueIds.values(),
        (id) => UNIQUE_ID.test(id),
        (id) => `"${printed(id)}"`,
      ),
  }),
  row("P3-S-082", "MUST", "no two messages have the same unique-id", {
    excuse: (facts) => noUidl(facts) ?? isEmpty(facts),
    judge: ({ uniqueIds }) => {
      const seen = new Set<string>();
      return all(
        uniqueIds.values(),
        (id) => !seen.has(id) && seen.add(id) !== undefined,
        (id) => `"${printed(id)}" twice`,
      );
    },
  }),
];

export const MESSAGE_CHECKS: readonly FactCheck[] = [
  row("P3-S-100", "MUST", "RETR: +OK, the message, a line with a dot", {
    excuse: noMessages,
    judge: ({ messages }) =>
      all(
        messages,
        ({ reply }) => reply.isOk,
        ({ n, reply }) => `RETR ${n}: ${quoted(reply.line)}`,
      ),
  }),
  row("P3-S-102 P3-S-009", "MUST", "every line of a message ends with CRLF", {
    excuse: noMessages,
    judge: ({ messages }) =>
      all(
        messages,
        ({ lines }) => lines.every(({ end }) => end === "\r\n"),
        ({ n }) => `message ${n} has a bare LF`,
      ),
  }),
  row("P3-S-101", "MUST", "a line that begins with a dot is sent with one more", {
    excuse: ({ messages }) =>
      messages.some(({ reply }) => reply.lines.some(({ text }) => text.startsWith(".")))
        ? undefined
        : "no message that was retrieved has such a line",
    judge: ({ messages }) =>
      all(
        messages,
        ({ reply }) => reply.lines.every(({ text }) => !text.startsWith(".") || text.startsWith("..")),
        ({ n }) => `message ${n}`,
      ),
  }),
  row("P3-S-076", "MUST", "the octets LIST tells are those RETR sends, CRLF counted, stuffing not", {
    excuse: noMessages,
    judge: ({ messages, sizes }) =>
      all(
        messages,
        ({ n, octets }) => sizes.get(n) === octets,
        ({ n, octets }) => `message ${n}: LIST says ${sizes.get(n)}, RETR sent ${octets}`,
      ),
  }),
];

/** To be judged last: they look at everything that was said. */
export const EVERY_REPLY_CHECKS: readonly FactCheck[] = [
  row("P3-S-004", "MUST", "every reply begins with +OK or -ERR, in upper case", {
    judge: ({ statusLines }) => all(statusLines, ({ text }) => /^(?:\+OK|-ERR)(?: |$)|^\+ /.test(text), quoted),
  }),
  row("P3-S-009", "MUST", "every reply ends with CRLF", {
    judge: ({ statusLines }) => all(statusLines, ({ end }) => end === "\r\n", quoted),
  }),
  row("P3-S-003", "MUST", "no first line of a reply is longer than 512 octets", {
    judge: ({ statusLines }) =>
      all(
        statusLines.filter(({ text }) => !text.startsWith("+ ")),
        ({ text }) => text.length + 2 <= LINE_OCTETS_MAX,
        ({ text }) => `${text.length + 2} octets: "${printed(text)}"`,
      ),
  }),
  row(
    "P3-S-017 P3-S-147 P3-S-148",
    "MUST",
    "where RESP-CODES is announced, a text that begins with [ begins with a code",
    {
      excuse: ({ capaBefore }) => (has(capaBefore, "RESP-CODES") ? undefined : "RESP-CODES is not announced"),
      judge: ({ statusLines }) =>
        all(
          statusLines,
          ({ text }) =>
            !/^(?:\+OK|-ERR) \[/.test(text) || /^(?:\+OK|-ERR) \[[^\][/\s]+(?:\/[^\][/\s]+)*\](?: |$)/.test(text),
          quoted,
        ),
    },
  ),
];
