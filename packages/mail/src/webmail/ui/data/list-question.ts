// What a list is asked with. Nothing is imported here that would have to be loaded before the first list can be asked for.
import type { ReaderSettings } from "../../api/schema/index.ts";
import type { ListOf, MailPlace, Scope } from "../place/place.ts";

export interface ListQuestion {
  readonly scope: Scope;
  readonly list: ListOf;
  readonly view: "conversations" | "messages";
  readonly isUnreadOnly: boolean;
}

const ROWS = 100;
/** Of a search what is in sight of most windows at first: with each letter there is another. */
const FOUND_ROWS = 30;

/** What the list of a place asks for. */
export function questionOf(
  { scope, list }: MailPlace,
  { conversations }: Pick<ReaderSettings, "conversations">,
  o: { readonly isUnreadOnly: boolean } = { isUnreadOnly: false },
): ListQuestion {
  const isSearched = list.kind === "search";
  return {
    scope,
    list,
    view: conversations && !isSearched ? "conversations" : "messages",
    isUnreadOnly: o.isUnreadOnly && !isSearched,
  };
}

/** The input of `list` or `search`, whichever answers it. */
export function inputOf({ scope, list, view, isUnreadOnly }: ListQuestion, after: string | null) {
  const isFirstFound = list.kind === "search" && after === null;
  const common = { account: scope, limit: isFirstFound ? FOUND_ROWS : ROWS, ...(after === null ? {} : { after }) };
  if (list.kind === "search") return { name: "search", input: { ...common, q: list.q, order: list.order } } as const;
  const unread = isUnreadOnly ? { unread: "1" as const } : {};
  return { name: "list", input: { ...common, view, ...unread, ...which(list) } } as const;
}

function which(list: Exclude<ListOf, { kind: "search" }>) {
  switch (list.kind) {
    case "role":
      return { role: list.role };
    case "mailbox":
      return { mailbox: list.mailbox };
    case "source":
      return { source: list.source };
    case "starred":
      return { starred: "1" as const };
    case "all":
      return {};
  }
}
