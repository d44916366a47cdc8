// Sorts mail as it comes in, by its owner's rules, before POP or the reader see it. A message whose header cannot be read,
// or rules that cannot, sort nothing: it goes where it would have gone, and the trouble is told. So it is with rules that
// want what cannot be.
import type { MailReader } from "../../message/index.ts";
import type { Mailstore, PlaceOptions, ReceivedBody } from "../../mailstore/index.ts";
import { firstField } from "../header-fields.ts";
import { decidePlacing } from "./decide-placing.ts";
import { readRules } from "./stored-rules.ts";

/** What delivery needs of a store. */
export type PlacingStore = Pick<Mailstore, "newBody" | "place">;

export interface SortingOptions {
  readonly store: Mailstore;
  readonly reader: Pick<MailReader, "summarize">;
  readonly onProblem: (problem: { readonly what: string; readonly cause: unknown }) => void;
}

/** The store, but that what comes into INBOX goes where its owner's rules say. */
export function sortingStore(o: SortingOptions): PlacingStore {
  const { store } = o;
  return {
    newBody: (bodyOptions) => store.newBody(bodyOptions),
    async place(account, body, options = {}) {
      const sorting = await sortingOf(o, account, body, options);
      try {
        return await store.place(account, body, { ...options, ...sorting });
      } catch (cause) {
        // No mailbox can be called so, or no message have so many marks: the rule is wrong, and not the mail.
        if (!(cause instanceof RangeError) || Object.keys(sorting).length === 0) throw cause;
        o.onProblem({ what: `a message for account ${account} was not sorted by its rules`, cause });
        return store.place(account, body, options);
      }
    },
  };
}

async function sortingOf(
  { store, reader, onProblem }: SortingOptions,
  account: string,
  body: ReceivedBody,
  options: PlaceOptions,
): Promise<Pick<PlaceOptions, "mailbox" | "keywords">> {
  if (options.mailbox !== undefined && options.mailbox !== "INBOX") return {};
  try {
    const { rules } = await readRules(store, account);
    if (!rules.some(({ isEnabled }) => isEnabled)) return {};
    // The reader takes the buffer it is given.
    const summary = await reader.summarize(Uint8Array.from(body.head));
    const deliveredTo = options.prefix === undefined ? undefined : firstField(options.prefix, "Delivered-To")?.trim();
    const octets = body.octets + (options.prefix?.length ?? 0);
    const { mailbox, keywords } = decidePlacing(rules, { summary, head: body.head, octets, deliveredTo });
    return {
      ...(mailbox === undefined ? {} : { mailbox }),
      ...(keywords.length === 0 ? {} : { keywords: [...(options.keywords ?? []), ...keywords] }),
    };
  } catch (cause) {
    onProblem({ what: `a message for account ${account} was not sorted by its rules`, cause });
    return {};
  }
}
