// Which mailboxes `in:` means. The store is asked for their names: the index has seen those alone that ever had mail.
import type { MailboxCounts } from "../../contract.ts";
import type { SearchProblem } from "../../reading-index.ts";
import { fold } from "../folding.ts";
import type { Condition, NamedTerm } from "./search-query.ts";

type KnownMailbox = Pick<MailboxCounts, "mailbox">;

export interface SoughtMailboxes {
  readonly conditions: readonly Condition[];
  /** Trash and junk are looked into, too. */
  readonly everywhere: boolean;
  readonly problems: readonly SearchProblem[];
}

/** Names people know some mailboxes by, whether there is one yet or not. */
const ROLES: readonly (readonly [string, NonNullable<MailboxCounts["role"]>])[] = [
  ["inbox", "inbox"],
  ["archive", "archive"],
  ["junk", "junk"],
  ["trash", "trash"],
  ["sent", "sent"],
  ["drafts", "drafts"],
];
/** Other names of theirs, whole only: whoever begins to type `in:sent` is not to be shown spam. */
const ALSO_CALLED: typeof ROLES = [
  ["spam", "junk"],
  ["bin", "trash"],
];
const EVERYWHERE = ["anywhere", "all"];

/**
 * What is typed last is on its way: as the last word stands for all words that begin so, `in:ar` stands for all mailboxes
 * that do, and is no mistake. A name that is whole means itself alone. Where there is none, that is said, and nothing is
 * found in it: without the term there would be mail to choose, and to act on, that nobody asked for.
 * A minus never widens what is looked into: everywhere with one is the name of a mailbox.
 */
export function soughtMailboxes(terms: readonly NamedTerm[], known: readonly KnownMailbox[]): SoughtMailboxes {
  const conditions: Condition[] = [];
  const problems: SearchProblem[] = [];
  let everywhere = false;
  const named: Named = new Map(known.map(({ mailbox }) => [mailbox, fold(mailbox)]));
  for (const { name, isNegated, mayGoOn } of terms) {
    const typed = fold(name);
    const asked = { typed, named, isNegated };
    const meant = whole(asked) ?? (mayGoOn ? begun(asked) : undefined);
    if (meant === undefined) problems.push({ code: "no-mailbox", mailbox: name });
    if (!isNegated) everywhere = true;
    if (meant !== "everywhere") conditions.push(placed(meant ?? NOWHERE, isNegated));
  }
  return { conditions, everywhere, problems };
}

/** Folded names by names; those of several accounts once. */
type Named = ReadonlyMap<string, string>;

interface Places {
  readonly roles: readonly string[];
  readonly names: readonly string[];
}

const NOWHERE: Places = { roles: [], names: [] };

interface Asked {
  /** Folded. */
  readonly typed: string;
  readonly named: Named;
  readonly isNegated: boolean;
}

function whole({ typed, named, isNegated }: Asked): Places | "everywhere" | undefined {
  if (!isNegated && EVERYWHERE.includes(typed)) return "everywhere";
  return found(named, [...ROLES, ...ALSO_CALLED], (one) => one === typed);
}

function begun({ typed, named, isNegated }: Asked): Places | "everywhere" | undefined {
  const isBegun = (one: string): boolean => one.startsWith(typed);
  return found(named, ROLES, isBegun) ?? (!isNegated && EVERYWHERE.some(isBegun) ? "everywhere" : undefined);
}

function found(named: Named, known: typeof ROLES, isMeant: (folded: string) => boolean): Places | undefined {
  const roles = known.flatMap(([name, role]) => (isMeant(name) ? [role] : []));
  const names = [...named].flatMap(([name, folded]) => (isMeant(folded) ? [name] : []));
  return roles.length + names.length === 0 ? undefined : { roles, names };
}

function placed({ roles, names }: Places, isNegated: boolean): Condition {
  const sql = `e.mailbox ${isNegated ? "NOT IN" : "IN"} (SELECT mailbox FROM mailbox
    WHERE role IN (SELECT value FROM json_each(?)) OR name IN (SELECT value FROM json_each(?)))`;
  return { sql, values: [JSON.stringify(roles), JSON.stringify(names)] };
}
