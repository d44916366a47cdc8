// Acts on messages: shown at once, told to the server, taken back when it refuses or when the person changes their mind.
import { type QueryClient, useQueryClient } from "@tanstack/react-query";
import { useMemo } from "react";
import type { Act, Acted, MailboxRow, Ref, WholeRow } from "../../api/schema/index.ts";
import { call } from "../data/call.ts";
import { KEYS } from "../data/queries.ts";
import { Refusal } from "../data/refusal.ts";
import { refusalText } from "../data/refusal-text.ts";
import { go } from "../place/use-place.ts";
import type { WordId } from "../words/catalogue.ts";
import { useWords } from "../words/use-words.ts";
import type { Words } from "../words/words.ts";
import { foresee } from "./foresee.ts";
import { tellMarkedUnread } from "./marked-unread.ts";
import type { ActedOn } from "./target.ts";
import { showNamedToast, showToast, type Toast } from "./toasts.ts";
import { beginUnderway } from "./underway.ts";
import { NOTHING_TRIED, type Tried, undoneToast } from "./undone.ts";

/** The API takes this many messages in one act. */
const ACT_MESSAGES_MAX = 1_000;

interface How {
  /** How many things the person chose, such as conversations; the messages that are named unless said otherwise. */
  readonly count?: number;
  /** Nothing is said of it, as when opening marks as read. */
  readonly isSilent?: boolean;
  /** Who wrote all of them: a move offers a rule for what they write next. */
  readonly from?: string | null;
}

export interface Acts {
  do(act: Act, on: ActedOn, how?: How): void;
  /** What was counted, and nothing that came since. */
  readonly empty: (counted: Emptied) => void;
}

export interface Emptied extends Pick<MailboxRow, "account" | "lastUid"> {
  readonly role: "trash" | "junk";
}

const DONE: Readonly<Record<Act["kind"], WordId>> = {
  read: "done.read",
  unread: "done.unread",
  star: "done.star",
  unstar: "done.unstar",
  archive: "done.archive",
  junk: "done.junk",
  "not-junk": "done.not-junk",
  trash: "done.trash",
  move: "done.move",
  label: "done.label",
  unlabel: "done.unlabel",
  delete: "done.delete",
};

export function useActs(): Acts {
  const client = useQueryClient();
  const words = useWords();
  return useMemo(
    () => ({
      do: (act, on, { count = on.refs.length, isSilent = false, from = null } = {}) => {
        if (on.refs.length === 0) return;
        if (act.kind === "unread") tellMarkedUnread(on);
        const performed = perform(client, words, { act, on, count, isSilent, from });
        if (!isSilent) beginUnderway(performed);
      },
      empty: (counted) => void empty(client, words, counted),
    }),
    [client, words],
  );
}

export interface Undo {
  /** Says what was done, with the way back when there is one. Gives what `undoNamed` takes. */
  offer(text: string, done: Acted): number;
  /** Says why it was refused, when part of it was done before that; undefined when nothing was. */
  readonly offerPart: (error: unknown) => number | undefined;
}

/** For what is done to mail by other requests than acts, and undone as they are. */
export function useUndo(): Undo {
  const client = useQueryClient();
  const words = useWords();
  const wayBack = (what: string, undo: readonly string[]): Pick<Toast, "undo" | "isUndoneLong"> =>
    undo.length === 0 ? {} : { undo: () => void undoAll(client, words, { what, undo }), isUndoneLong: true };
  return {
    offer: (text, { undo }) => showNamedToast({ text, tone: "plain", ...wayBack(text, undo === null ? [] : [undo]) }),
    offerPart(error) {
      if (!(error instanceof Refusal) || error.undo === undefined) return undefined;
      const text = words.say("done.partly", { why: refusalText(words, error) });
      return showNamedToast({ text, tone: "trouble", ...wayBack(text, [error.undo]) });
    },
  };
}

interface Performance {
  readonly act: Act;
  readonly on: ActedOn;
  readonly count: number;
  readonly isSilent: boolean;
  readonly from: string | null;
}

/** Gives the toast that takes it back. */
async function perform(client: QueryClient, words: Words, performance: Performance): Promise<number | undefined> {
  const { act, on, count, isSilent } = performance;
  const foreseen = await foresee(client, act, on);
  const undo: string[] = [];
  const text = words.say(DONE[act.kind], { count, mailbox: act.kind === "move" ? act.mailbox : "" });
  const takeBack = (): void => {
    foreseen.forget();
    void undoAll(client, words, { what: text, undo });
  };
  try {
    for (const some of partsOf(on)) {
      const done = await call("act", { act, ...some });
      if (done.undo !== null) undo.push(done.undo);
    }
    foreseen.done();
    // Its event says so too, unless the stream is down; and what was asked meanwhile was cancelled above.
    for (const queryKey of [KEYS.lists, KEYS.mailboxes]) void client.invalidateQueries({ queryKey });
    if (isSilent) return undefined;
    // What was deleted for good cannot be taken back either, and was not so before.
    if (undo.length === 0 && act.kind !== "delete") {
      showToast({ text: words.say("done.nothing"), tone: "plain", changedNothing: true });
      return undefined;
    }
    const told = showNamedToast({
      text,
      tone: "plain",
      ...(undo.length === 0 ? { isFinal: true } : { undo: takeBack, isUndoneLong: true }),
      ...ruleOffer(words, performance),
    });
    return undo.length === 0 ? undefined : told;
  } catch (error) {
    foreseen.restore();
    void refresh(client);
    // Of many messages some are done already: of those of the requests before, or of this one.
    if (error instanceof Refusal && error.undo !== undefined) undo.push(error.undo);
    const why = refusalText(words, error);
    if (undo.length > 0)
      return showNamedToast({
        text: words.say("done.partly", { why }),
        tone: "trouble",
        undo: takeBack,
        isUndoneLong: true,
      });
    showToast({ text: why, tone: "trouble" });
    return undefined;
  }
}

interface Part {
  readonly on: Ref[];
  readonly rows: WholeRow[];
}

/** What one request takes: a row is not divided. */
function* partsOf({ alone, wholes }: ActedOn): Generator<Part> {
  for (const whole of wholes) yield { on: [], rows: [whole] };
  for (let from = 0; from < alone.length; from += ACT_MESSAGES_MAX)
    yield { on: alone.slice(from, from + ACT_MESSAGES_MAX), rows: [] };
}

/** After mail of one person was moved to a mailbox: that it shall go there by itself. */
function ruleOffer({ say }: Words, { act, on, from }: Performance): Pick<Toast, "does"> {
  const [first] = on.refs;
  if (act.kind !== "move" || act.mailbox === "INBOX" || from === null || first === undefined) return {};
  if (on.refs.some(({ account }) => account !== first.account)) return {};
  const begin = { account: first.account, from, mailbox: act.mailbox };
  const run = (): void => go({ screen: "organise", page: "rules", begin });
  return { does: { text: say("rule.offer"), run } };
}

interface Undoing {
  /** As it was told. */
  readonly what: string;
  readonly undo: readonly string[];
  /** What became of those that were tried before. */
  readonly before?: Tried;
}

async function undoAll(
  client: QueryClient,
  words: Words,
  { what, undo, before = NOTHING_TRIED }: Undoing,
): Promise<void> {
  let tried = before;
  for (const [at, token] of undo.entries()) {
    try {
      const { changed, left, gone } = await call("undo", { undo: token });
      tried = { ...tried, changed: tried.changed + changed, left: tried.left + left, gone: tried.gone + gone };
    } catch (error) {
      // What was refused will be refused again, and holds up no other; what failed on the way can still be taken back.
      if (!(error instanceof Refusal && error.status >= 400 && error.status < 500)) {
        const again = (): void => void undoAll(client, words, { what, undo: undo.slice(at), before: tried });
        showToast({ text: refusalText(words, error), tone: "trouble", undo: again, isUndoneLong: true });
        return refresh(client);
      }
      tried = { ...tried, refusal: tried.refusal ?? error };
    }
  }
  showToast(undoneToast(words, what, tried));
  await refresh(client);
}

async function empty(client: QueryClient, words: Words, counted: Emptied): Promise<void> {
  try {
    const { changed } = await call("emptyMailbox", { ...counted, confirmed: true });
    const what = changed === 0 ? { changedNothing: true } : { isFinal: true };
    showToast({ text: words.say("done.emptied", { count: changed }), tone: "plain", ...what });
  } catch (error) {
    showToast({ text: refusalText(words, error), tone: "trouble" });
  }
  await refresh(client);
}

/** Asks again for everything an act can change. */
async function refresh(client: QueryClient): Promise<void> {
  const keys = [KEYS.lists, KEYS.mailboxes, KEYS.conversations, KEYS.messages];
  await Promise.all(keys.map((queryKey) => client.invalidateQueries({ queryKey })));
}
