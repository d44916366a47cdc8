// Rows that need a conversation: what comes after what, on one connection or two.
import { expected, firstWrong, shown, type Level, type TalkCheck, type Verdict } from "./check.ts";
import { asRetrieved, askCapabilities, has, isGivenAway, parametersOf, type Announced, type Facts } from "./facts.ts";
import { isEmpty, noMessages } from "./seen-checks.ts";
import type { Line, Talk } from "./talk.ts";

function row(
  ids: string,
  level: Level,
  claim: string,
  o: { readonly stage: TalkCheck["stage"]; readonly excuse?: TalkCheck["excuse"]; readonly talk: TalkCheck["talk"] },
): TalkCheck {
  return { ids: ids.split(" "), level, claim, stage: o.stage, ...(o.excuse && { excuse: o.excuse }), talk: o.talk };
}

const noPlain = ({ capaBefore }: Facts): string | undefined =>
  parametersOf(capaBefore, "SASL").some((name) => name.toUpperCase() === "PLAIN")
    ? undefined
    : "SASL PLAIN is not announced";
const noUidl = ({ uidl }: Facts): string | undefined => (uidl.isOk ? undefined : "the server has no UIDL");
const noTop = ({ capaAfter }: Facts): string | undefined =>
  capaAfter === undefined || has(capaAfter, "TOP") ? undefined : "the server has no TOP";
/** Further logins would come too early. */
const delays = ({ capaBefore, capaAfter }: Facts): string | undefined => {
  const seconds = Number(parametersOf(capaAfter ?? capaBefore, "LOGIN-DELAY")[0] ?? 0);
  return seconds > 0 ? `the server wants ${seconds} s between two logins` : undefined;
};

export const LOGIN_CHECKS: readonly TalkCheck[] = [
  row("P3-S-025", "MUST", "QUIT before the login is +OK, and the server closes", {
    stage: "authorization",
    talk: async (talk) => {
      const reply = await talk.ask("QUIT");
      if (!reply.isOk) return `answered ${shown(reply)}`;
      return (await talk.isClosed()) ? undefined : "something came behind the reply";
    },
  }),
  row("P3-S-039", "MUST", "the timestamp of the greeting is never the same twice", {
    stage: "authorization",
    excuse: ({ greeting }) => (greeting.text.includes("<") ? undefined : "the greeting offers no APOP"),
    talk: async (talk, { greeting, statusLines }) => {
      const other = statusLines.findLast(({ text }) => text.includes("<"));
      const timestamp = ({ text }: Line): string => /<[^>]*>/.exec(text)?.[0] ?? "";
      return other !== undefined && timestamp(other) === timestamp(greeting) ? timestamp(greeting) : undefined;
    },
  }),
  row("P3-S-007", "MUST", "a command of 255 octets is taken", {
    stage: "authorization",
    talk: async (talk) => {
      await talk.ask(`USER ${"x".repeat(248)}`);
      return expected("CAPA behind it", await talk.ask("CAPA", { isMultiLine: true }), "+OK");
    },
  }),
  row("P3-S-034", "SHOULD", "USER does not tell whether the name exists", {
    stage: "authorization",
    excuse: ({ capaBefore }) =>
      capaBefore === undefined || has(capaBefore, "USER") ? undefined : "USER is not announced",
    talk: async (talk, _facts, more) => {
      const known = await talk.ask(`USER ${more.user}`);
      const unknown = await (await more.greeted()).ask("USER nobody-of-this-name-is-here");
      return known.isOk === unknown.isOk ? undefined : `${shown(known)}, but ${shown(unknown)}`;
    },
  }),
  row("P3-S-202 P3-S-206 P3-S-006", "MUST", "AUTH PLAIN, in any case, is asked on with + and a space", {
    stage: "authorization",
    excuse: noPlain,
    talk: async (talk) => {
      const reply = await talk.ask("aUtH pLaIn");
      return reply.line.text === "+ " ? undefined : `answered "${shown(reply)}"`;
    },
  }),
  row("P3-S-203", "MUST", "a line with * ends the SASL exchange, and the session goes on", {
    stage: "authorization",
    excuse: noPlain,
    talk: async (talk) => {
      await talk.ask("AUTH PLAIN");
      const cancelled = expected("*", await talk.ask("*"), "-ERR");
      return firstWrong(cancelled, expected("CAPA", await talk.ask("CAPA", { isMultiLine: true }), "+OK"));
    },
  }),
  row("P3-S-208", "MUST", "a SASL response that is no base64 is refused", {
    stage: "authorization",
    excuse: noPlain,
    talk: async (talk) => {
      await talk.ask("AUTH PLAIN");
      return expected("!!!!", await talk.ask("!!!!"), "-ERR");
    },
  }),
  row("P3-S-149 P3-S-041", "MUST", "a wrong password is refused, with [AUTH] where AUTH-RESP-CODE is announced", {
    stage: "authorization",
    talk: async (talk, { capaBefore }, more) => {
      const reply = await more.login(talk, undefined, "this is not the password");
      if (!reply.isError) return `answered ${shown(reply)}`;
      const isCoded = /^-ERR \[AUTH\](?: |$)/.test(reply.line.text);
      return has(capaBefore, "AUTH-RESP-CODE") && !isCoded ? `answered ${shown(reply)}` : undefined;
    },
  }),
];

export const STLS_CHECKS: readonly TalkCheck[] = [
  row("P3-S-174", "MUST", "what is sent behind STLS in clear is never carried out inside TLS", {
    stage: "authorization",
    excuse: ({ isStls }) => (isStls ? undefined : "STLS was not used"),
    talk: async (_talk, _facts, more) => injected(await more.inClear()),
  }),
  row("P3-S-175", "MUST", "a USER said in clear is forgotten when TLS begins", {
    stage: "authorization",
    excuse: ({ isStls }) => (isStls ? undefined : "STLS was not used"),
    talk: async (_talk, _facts, more) => {
      const talk = await more.inClear();
      await talk.ask(`USER ${more.user}`);
      const stls = await talk.ask("STLS");
      if (!stls.isOk) return `STLS was answered ${shown(stls)}`;
      await talk.startTls();
      return expected("PASS", await talk.ask("PASS nothing", { shown: "PASS nothing" }), "-ERR");
    },
  }),
];

/** CERT VU#555316. A server may also hang up, or take the octets for a broken handshake. */
async function injected(talk: Talk): Promise<Verdict> {
  talk.say(["STLS", "XVERIFY"]);
  try {
    await talk.reply();
    await talk.startTls();
  } catch {
    return undefined; // it came to no session: nothing was carried out
  }
  const reply = await talk.ask("CAPA", { isMultiLine: true });
  return reply.isOk ? undefined : `inside TLS the first reply was ${shown(reply)}`;
}

const sameText = (a: readonly Line[], b: readonly Line[]): boolean =>
  a.length === b.length && a.every(({ text }, index) => text === b[index]?.text);

/** Lines of the header, the empty line behind it among them. */
const headerLength = (lines: readonly Line[]): number => {
  const at = lines.findIndex(({ text }) => text === "");
  return at === -1 ? lines.length : at + 1;
};

/** A message that is a header and nothing else may get the empty line that it lacks. */
function isTop(lines: readonly Line[], count: number, got: readonly Line[]): boolean {
  if (sameText(lines.slice(0, count), got)) return true;
  const isOnlyHeader = lines.every(({ text }) => text !== "");
  return isOnlyHeader && sameText([...lines, { text: "", end: "\r\n" }], got);
}

async function top(talk: Talk, n: number, count: number) {
  const reply = await talk.ask(`TOP ${n} ${count}`, { isMultiLine: true });
  return { reply, lines: asRetrieved(n, reply).lines };
}

export const MESSAGE_TALK_CHECKS: readonly TalkCheck[] = [
  row("P3-S-072 P3-S-087", "MUST", "LIST n and UIDL n say what LIST and UIDL say", {
    stage: "transaction",
    excuse: isEmpty,
    talk: async (talk, { sizes, uniqueIds, uidl, count }) => {
      for (const n of new Set([1, count])) {
        const listed = await talk.ask(`LIST ${n}`);
        if (listed.line.text !== `+OK ${n} ${sizes.get(n)}`) return `LIST ${n} was answered ${shown(listed)}`;
        if (!uidl.isOk) continue;
        const named = await talk.ask(`UIDL ${n}`);
        if (named.line.text !== `+OK ${n} ${uniqueIds.get(n)}`) return `UIDL ${n} was answered ${shown(named)}`;
      }
      return undefined;
    },
  }),
  row("P3-S-110", "MUST", "TOP n 0 is the header and the empty line", {
    stage: "transaction",
    excuse: (facts) => noTop(facts) ?? noMessages(facts),
    talk: async (talk, { messages }) => {
      for (const { n, lines } of messages) {
        const { reply, lines: got } = await top(talk, n, 0);
        if (!isTop(lines, headerLength(lines), got)) return `TOP ${n} 0: ${shown(reply)}, ${got.length} lines`;
      }
      return undefined;
    },
  }),
  row("P3-S-110", "MUST", "TOP n 1 is one line of the body more", {
    stage: "transaction",
    excuse: (facts) => noTop(facts) ?? noMessages(facts),
    talk: async (talk, { messages }) => {
      for (const { n, lines } of messages.filter((one) => one.lines.length > headerLength(one.lines))) {
        const { lines: got } = await top(talk, n, 1);
        if (!isTop(lines, headerLength(lines) + 1, got)) return `TOP ${n} 1: ${got.length} lines`;
      }
      return undefined;
    },
  }),
  row("P3-S-111", "MUST", "TOP with more lines than there are is the whole message", {
    stage: "transaction",
    excuse: (facts) => noTop(facts) ?? noMessages(facts),
    talk: async (talk, { messages }) => {
      for (const { n, lines } of messages) {
        const { lines: got } = await top(talk, n, lines.length + 10);
        if (!isTop(lines, lines.length, got))
          return `TOP ${n} ${lines.length + 10}: ${got.length} lines of ${lines.length}`;
      }
      return undefined;
    },
  }),
  row("P3-S-153", "MUST", "commands that come together are answered one by one, in order", {
    stage: "transaction",
    excuse: ({ capaAfter }) => (has(capaAfter, "PIPELINING") ? undefined : "PIPELINING is not announced"),
    talk: async (talk, { stat, sizes }) => {
      const wanted: (readonly [command: string, reply: RegExp])[] = [
        ["STAT", new RegExp(`^${stat.line.text.replace("+", "\\+")}`)],
        ["XVERIFY", /^-ERR/],
        ...(sizes.size > 0 ? [["LIST 1", new RegExp(`^\\+OK 1 ${sizes.get(1)}`)] as const] : []),
        [`LIST ${sizes.size + 1}`, /^-ERR/],
        ["NOOP", /^\+OK/],
      ];
      talk.say(wanted.map(([command]) => command));
      for (const [command, pattern] of wanted) {
        const reply = await talk.reply();
        if (!pattern.test(reply.line.text)) return `in the place of ${command}'s reply: ${shown(reply)}`;
      }
      return undefined;
    },
  }),
  row("P3-S-253", "MUST", "LANG lists languages, a line each", {
    stage: "transaction",
    excuse: ({ capaAfter }) => (has(capaAfter, "LANG") ? undefined : "LANG is not announced"),
    talk: async (talk) => {
      const reply = await talk.ask("LANG", { isMultiLine: true });
      const odd = reply.lines.find(({ text }) => !/^[A-Za-z0-9-]{1,}(?: .*)?$/.test(text));
      return odd === undefined ? undefined : `"${odd.text}"`;
    },
  }),
];

/** Marks the first message for `body`, and takes the mark back whatever happens. */
async function marked(talk: Talk, body: () => Promise<Verdict>): Promise<Verdict> {
  const first = await talk.ask("DELE 1");
  if (!first.isOk) return `DELE 1 was answered ${shown(first)}`;
  const verdict = await body();
  return firstWrong(verdict, expected("RSET", await talk.ask("RSET"), "+OK"));
}

export const MARK_CHECKS: readonly TalkCheck[] = [
  row("P3-S-116 P3-S-109", "MUST", "a marked message is gone for DELE, LIST, RETR and TOP", {
    stage: "transaction",
    excuse: isEmpty,
    talk: (talk, facts) =>
      marked(talk, async () => {
        const commands = ["DELE 1", "LIST 1", ...(isGivenAway(facts.capaAfter) ? [] : ["RETR 1"])];
        if (noTop(facts) === undefined) commands.push("TOP 1 0");
        if (noUidl(facts) === undefined) commands.push("UIDL 1");
        for (const command of commands) {
          const wrong = expected(command, await talk.ask(command), "-ERR");
          if (wrong !== undefined) return wrong;
        }
        return undefined;
      }),
  }),
  row(
    "P3-S-070 P3-S-073 P3-S-079 P3-S-087",
    "MUST",
    "listings leave a marked message out and number the others as before",
    {
      stage: "transaction",
      excuse: isEmpty,
      talk: (talk, { count, sizes, uniqueIds, uidl }) =>
        marked(talk, async () => {
          const stat = await talk.ask("STAT");
          if (!stat.line.text.startsWith(`+OK ${count - 1} `)) return `STAT was answered ${shown(stat)}`;
          const list = await talk.ask("LIST", { isMultiLine: true });
          const wrongList = listingDiffers(list.lines, new Map([...sizes].map(([n, size]) => [n, String(size)])));
          if (wrongList !== undefined || !uidl.isOk) return wrongList && `LIST: ${wrongList}`;
          const named = await talk.ask("UIDL", { isMultiLine: true });
          const wrong = listingDiffers(named.lines, uniqueIds);
          return wrong && `UIDL: ${wrong}`;
        }),
    },
  ),
  row("P3-S-118", "MUST", "RSET takes every mark back", {
    stage: "transaction",
    excuse: isEmpty,
    talk: async (talk, { stat }) => {
      const wrong = await marked(talk, () => Promise.resolve(undefined));
      if (wrong !== undefined) return wrong;
      const after = await talk.ask("STAT");
      return after.line.text === stat.line.text ? undefined : `STAT was ${shown(stat)} and is ${shown(after)}`;
    },
  }),
];

/** All but message 1, as they were. */
function listingDiffers(lines: readonly Line[], before: ReadonlyMap<number, string>): Verdict {
  const wanted = [...before].filter(([n]) => n !== 1).map(([n, value]) => `${n} ${value}`);
  const wrong = lines.find(({ text }, index) => text !== wanted[index]);
  if (wrong !== undefined) return `"${wrong.text}"`;
  return lines.length === wanted.length ? undefined : `${lines.length} lines for ${wanted.length} messages`;
}

export const SESSION_CHECKS: readonly TalkCheck[] = [
  row("P3-S-050 P3-S-051", "MUST", "while a session has the maildrop, a second login is refused, with [IN-USE]", {
    stage: "transaction",
    excuse: delays,
    talk: async (_talk, { capaBefore }, more) => {
      const reply = await more.login(await more.greeted());
      if (!reply.isError) return `it was answered ${shown(reply)}`;
      const isCoded = /^-ERR \[IN-USE\](?: |$)/.test(reply.line.text);
      return has(capaBefore, "RESP-CODES") && !isCoded ? `it was answered ${shown(reply)}` : undefined;
    },
  }),
  row("P3-S-008", "SHOULD", "a command without end is refused or ends the connection", {
    stage: "authorization",
    talk: async (talk) => {
      const reply = await talk.ask(`XVERIFY ${"x".repeat(20_000)}`).catch(() => undefined);
      return reply === undefined || reply.isError ? undefined : `answered ${shown(reply)}`;
    },
  }),
  row("P3-S-130", "MUST", "QUIT without marks is +OK, and the server closes", {
    stage: "transaction",
    talk: async (talk, { count }) => {
      await talk.ask("RSET");
      const stat = await talk.ask("STAT");
      if (!stat.line.text.startsWith(`+OK ${count} `))
        return `after RSET, STAT was answered ${shown(stat)}: no QUIT was sent`;
      const reply = await talk.ask("QUIT");
      if (!reply.isOk) return `answered ${shown(reply)}`;
      return (await talk.isClosed()) ? undefined : "something came behind the reply";
    },
  }),
];

/** These begin a session of their own, after the one before has ended. */
export const NEXT_SESSION_CHECKS: readonly TalkCheck[] = [
  row("P3-S-083", "MUST", "the next session has the same unique-ids", {
    stage: "authorization",
    excuse: (facts) => noUidl(facts) ?? delays(facts),
    talk: async (_talk, { uniqueIds }, more) => {
      const again = await (await more.loggedIn()).ask("UIDL", { isMultiLine: true });
      const now = again.lines.map(({ text }) => text.split(" ")[1]);
      const gone = [...uniqueIds.values()].find((id) => !now.includes(id));
      return gone === undefined ? undefined : `${gone} is gone`;
    },
  }),
  row(
    "P3-S-083 P3-S-053",
    "MUST",
    "a session that ended without QUIT, too, leaves unique-ids and maildrop to the next",
    {
      stage: "authorization",
      excuse: (facts) => noUidl(facts) ?? delays(facts),
      talk: async (_talk, { uniqueIds }, more) => {
        (await more.patiently()).drop();
        const again = await (await more.patiently()).ask("UIDL", { isMultiLine: true });
        const now = again.lines.map(({ text }) => text.split(" ")[1]);
        const gone = [...uniqueIds.values()].find((id) => !now.includes(id));
        return gone === undefined ? undefined : `${gone} is gone`;
      },
    },
  ),
  row("P3-S-204 P3-S-142", "MUST", "AUTH PLAIN with its response in the same line logs in, and SASL stays announced", {
    stage: "authorization",
    excuse: (facts) => noPlain(facts) ?? delays(facts),
    talk: async (_talk, _facts, more) => {
      const talk = await more.patiently("PLAIN");
      const after: Announced = await askCapabilities(talk);
      return after === undefined || has(after, "SASL") ? undefined : "SASL is not announced after it";
    },
  }),
];
