// Accounts, mailboxes, lists and search.
import type { ListPage, ListRow, MailboxCounts, SearchProblem as StoredProblem } from "../../../mailstore/index.ts";
import { ApiError } from "../api-error.ts";
import { isHidden } from "../hidden-mailbox.ts";
import { LIMITS } from "../limits.ts";
import type { Reading } from "../reading.ts";
import type { Conversation, Page, Row, SearchProblem } from "../schema/index.ts";
import { serverCopiesOf } from "../server-copies.ts";
import { type AskedList, listedOf } from "./listed.ts";
import { labelsOf, present, shownPerson } from "./shown.ts";
import type { Some } from "./handler.ts";

export function listHandlers(reading: Reading): Some<"session" | "mailboxes" | "list" | "search" | "conversation"> {
  const { house } = reading;
  return {
    async session() {
      const accounts = reading.accounts().map(({ account, name }) => ({
        account,
        name,
        addresses: [...reading.addressesOf(account)],
      }));
      const together = Math.min(accounts.length, LIMITS.accountsTogether);
      return { accounts, opens: opensAt(reading), together, version: house.version, isDemo: house.isDemo() };
    },
    async mailboxes({ account }) {
      const scope = reading.scope(account);
      // Read before they are counted: what is indexed meanwhile waits no more.
      const { waiting, stopped } = house.index.state();
      const counts = await Promise.all(scope.map((one) => house.store.reader.counts(one)));
      const mailboxes = scope.flatMap((one, at) => shownMailboxes(one, counts[at] ?? []));
      const starred = await house.index.starred(scope);
      const messages = counts.flat().reduce((sum, one) => sum + one.messages, 0);
      // Mostly nothing waits, and nothing is asked.
      const left = waiting === 0 ? 0 : Math.max(0, messages - (await house.index.indexed(scope)));
      const index = { waiting: Math.min(waiting, left), messages, stopped: stopped?.kind ?? null };
      return { mailboxes, starred, index };
    },
    async list(input) {
      const { account, view, limit, after, ...asked } = input;
      if (asked.mailbox !== undefined && account === "all")
        throw new ApiError("bad-request", "a mailbox by name is one account's; name the account too");
      const list = house.index.list({
        accounts: reading.scope(account),
        view,
        limit,
        ...present({ after }),
        ...listedOf(asked),
      });
      return shownPage(reading, await understood(list), asked);
    },
    async search({ account, q, order, limit, after }, { signal }) {
      const search = house.index.search({
        accounts: reading.scope(account),
        text: q,
        order,
        limit,
        signal,
        ...present({ after }),
      });
      const found = await understood(search);
      const terms = found.terms.map(({ operator, value, isNegated }) => ({
        operator: operator ?? null,
        value,
        isNegated,
      }));
      return { ...shownPage(reading, found, {}), terms, problems: found.problems.map(shownProblem) };
    },
    async conversation({ account, conversation }) {
      reading.account(account);
      const messages = await house.index.conversation(account, conversation, { limit: CARDS });
      const newest = messages.at(-1);
      if (newest === undefined)
        throw new ApiError("not-found", "there is no such conversation", { reason: "no-conversation" });
      const own = reading.ownAddresses(account);
      const known = new Set<string>();
      const cards = messages.map((message, at) => {
        const from = message.from.map((one) => ({ ...shownPerson(one), isMe: own.has(one.address.toLowerCase()) }));
        const isNewOutsider = at > 0 && from.some((one) => !one.isMe && !known.has(one.address.toLowerCase()));
        for (const { address } of [...message.from, ...message.to]) known.add(address.toLowerCase());
        return {
          account,
          messageId: message.messageId,
          mailbox: message.mailbox,
          role: message.role ?? null,
          from,
          to: message.to.map(shownPerson),
          preview: message.preview,
          date: message.sortAt,
          isUnread: !message.keywords.includes("$seen"),
          isStarred: message.keywords.includes("$flagged"),
          labels: labelsOf(message.keywords),
          attachments: message.attachments,
          isNewOutsider,
        };
      });
      const beyond =
        messages.length < CARDS ? NONE_BEYOND : await beyondCards(reading, account, newest.conversation, cards.length);
      return { subject: messages[0]?.subject ?? newest.subject, cards, ...beyond };
    },
  };
}

const CARDS = 500;

type Beyond = Pick<Conversation, "older" | "whole">;

const NONE_BEYOND: Beyond = { older: 0, whole: null };

/** What is said of a conversation that has more messages than are shown of it. */
async function beyondCards(reading: Reading, account: string, conversation: number, cards: number): Promise<Beyond> {
  const { messages, kept, upTo } = await reading.house.index.conversationSize(account, conversation);
  if (messages <= cards) return NONE_BEYOND;
  return { older: messages - cards, whole: kept === 0 ? null : { account, conversation, upTo, count: kept } };
}

/** Whose mail a page without a place shows: one account's, or "all". */
export function opensAt(reading: Reading): string {
  const accounts = reading.accounts();
  const isDemo = reading.house.isDemo();
  const demo = accounts.find(({ name }) => isDemo && name === "demo");
  return demo?.account ?? (accounts.length === 1 ? accounts[0]?.account : undefined) ?? "all";
}

function shownProblem(problem: StoredProblem): SearchProblem {
  return problem.code === "unknown-value" ? { ...problem, known: [...problem.known] } : problem;
}

/** The index throws RangeError for a cursor that is none of its own. */
async function understood<T>(asked: Promise<T>): Promise<T> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof RangeError) throw new ApiError("bad-request", error.message, { cause: error });
    throw error;
  }
}

function shownMailboxes(account: string, counts: readonly MailboxCounts[]) {
  return counts
    .filter(({ mailbox }) => !isHidden(mailbox))
    .map(({ role, ...counted }) => ({ account, ...counted, role: role ?? null }));
}

function shownPage(reading: Reading, { rows, next, total }: ListPage, asked: AskedList): Page {
  const own = new Map<string, ReadonlySet<string>>();
  const ownOf = (account: string): ReadonlySet<string> => {
    const found = own.get(account) ?? reading.ownAddresses(account);
    own.set(account, found);
    return found;
  };
  const copies = serverCopiesOf(
    reading,
    rows.map(({ newest }) => newest),
  );
  return {
    rows: rows.map((row, at) => shownRow(row, { own: ownOf(row.newest.account), asked, server: copies[at] ?? null })),
    next: next ?? null,
    total: total ?? null,
  };
}

interface ShownIn {
  readonly own: ReadonlySet<string>;
  readonly asked: AskedList;
  readonly server: Row["server"];
}

function shownRow(row: ListRow, { own, asked, server }: ShownIn): Row {
  const { newest, count, upTo } = row;
  const { account, conversation } = newest;
  return {
    account,
    messageId: newest.messageId,
    messageIds: [...row.messageIds],
    ...(row.written.length > 0 && { written: [...row.written] }),
    whole: count > row.messageIds.length ? { account, conversation, upTo, count, ...asked } : null,
    conversation,
    count,
    mailbox: newest.mailbox,
    role: newest.role ?? null,
    senders: row.senders.map((one) => ({ ...shownPerson(one), isMe: own.has(one.address.toLowerCase()) })),
    to: newest.to.map(shownPerson),
    subject: newest.subject,
    preview: newest.preview,
    date: newest.sortAt,
    octets: newest.octets,
    attachments: row.attachments,
    isUnread: row.isUnread,
    isStarred: row.isStarred,
    labels: labelsOf(newest.keywords),
    origin: newest.origin,
    server,
    isUnreadable: newest.isUnreadable,
  };
}
