import type { ListOf, Scope } from "../place/place.ts";
import type { Words } from "../words/words.ts";

/** What a list is called at its head and in the title of the window. */
export function listTitle({ say }: Words, list: ListOf, scope: Scope): string {
  switch (list.kind) {
    case "role":
      return list.role === "inbox" && scope === "all" ? say("side.all-inboxes") : say(`role.${list.role}`);
    case "mailbox":
      return list.mailbox;
    case "source":
      return list.source;
    case "starred":
      return say("side.starred");
    case "all":
      return say("side.all-mail");
    case "search":
      return say("search.title");
  }
}
