// Where the reader is, as data, and as the fragment of its address: "#/all/inbox?open=1.c42". Whatever stands in the
// address is a place: what cannot be read leads to the inbox.
import type { Role } from "../../api/schema/index.ts";

/** One account's id, or all of them. */
export type Scope = string;

export type ListOf =
  | { readonly kind: "role"; readonly role: Role }
  | { readonly kind: "mailbox"; readonly mailbox: string }
  | { readonly kind: "starred" }
  /** Of every mailbox but trash and junk. */
  | { readonly kind: "all" }
  | { readonly kind: "source"; readonly source: string }
  | { readonly kind: "search"; readonly q: string; readonly order: "newest" | "best" };

/** What is read beside the list: a conversation, or one message alone. */
export interface Opened {
  readonly account: string;
  readonly kind: "conversation" | "message";
  readonly id: number;
  /** The message of the conversation to expand; null for the one its reader would look for. */
  readonly at: number | null;
}

export interface MailPlace {
  readonly screen: "mail";
  readonly scope: Scope;
  readonly list: ListOf;
  readonly open: Opened | null;
}

export type SettingsPage = "sources" | "reading" | "look" | "notifications" | "keyboard" | "language";

export type OrganisePage = "rules" | "mailboxes" | "labels" | "addresses" | "transfer";

/** A rule to begin with: mail of a sender goes to a mailbox. */
export interface RuleBeginning {
  readonly account: string;
  readonly from: string;
  readonly mailbox: string;
}

export type Place =
  | MailPlace
  | { readonly screen: "drafts" }
  | { readonly screen: "outbox" }
  | { readonly screen: "organise"; readonly page: OrganisePage; readonly begin: RuleBeginning | null }
  | { readonly screen: "add-source" }
  | { readonly screen: "source"; readonly source: string; readonly tab: "server" | "activity" }
  /** `source` is the one of the page's sources that is meant. */
  | { readonly screen: "settings"; readonly page: SettingsPage; readonly source?: string };

const ROLES: readonly Role[] = ["inbox", "archive", "junk", "trash", "sent", "drafts"];
const PAGES: readonly SettingsPage[] = ["sources", "reading", "look", "notifications", "keyboard", "language"];

export const INBOX: MailPlace = { screen: "mail", scope: "all", list: { kind: "role", role: "inbox" }, open: null };

export function parsePlace(fragment: string): Place {
  const [path = "", query = ""] = fragment.replace(/^#?\/?/, "").split("?", 2);
  const [first = "", second = "", third = ""] = path.split("/").map(decoded);
  if (first === "settings") return parseSettings(second, third);
  if (first === "drafts" || first === "outbox") return { screen: first };
  if (first === "organise") return parseOrganise(second, new URLSearchParams(query));
  if (first === "sources" && second === "add") return { screen: "add-source" };
  if (first === "source" && second !== "")
    return { screen: "source", source: second, tab: third === "activity" ? "activity" : "server" };
  const terms = new URLSearchParams(query);
  const scope = /^\d{1,15}$/.test(first) ? first : "all";
  return { screen: "mail", scope, list: parseList(second, third, terms), open: parseOpened(terms.get("open")) };
}

function parseSettings(name: string, source: string): Place {
  const page = PAGES.find((known) => known === name) ?? "sources";
  return { screen: "settings", page, ...(page === "sources" && source !== "" ? { source } : {}) };
}

const ORGANISE_PAGES: readonly OrganisePage[] = ["rules", "mailboxes", "labels", "addresses", "transfer"];

function parseOrganise(name: string, terms: URLSearchParams): Place {
  const page = ORGANISE_PAGES.find((known) => known === name) ?? "rules";
  const [account, from, mailbox] = ["account", "from", "mailbox"].map((key) => terms.get(key) ?? "");
  const isBegun = page === "rules" && /^\d{1,15}$/.test(account ?? "") && from !== "" && mailbox !== "";
  return {
    screen: "organise",
    page,
    begin: isBegun ? { account: account ?? "", from: from ?? "", mailbox: mailbox ?? "" } : null,
  };
}

function parseList(kind: string, name: string, terms: URLSearchParams): ListOf {
  const role = ROLES.find((known) => known === kind);
  if (role !== undefined) return { kind: "role", role };
  if (kind === "starred" || kind === "all") return { kind };
  if (kind === "mailbox" && name !== "") return { kind: "mailbox", mailbox: name };
  if (kind === "source" && name !== "") return { kind: "source", source: name };
  if (kind === "search")
    return { kind: "search", q: terms.get("q") ?? "", order: terms.get("order") === "best" ? "best" : "newest" };
  return INBOX.list;
}

function parseOpened(text: string | null): Opened | null {
  const [, account, kind, id, at] = /^(\d{1,15})\.([cm])(\d{1,15})(?:\.(\d{1,15}))?$/.exec(text ?? "") ?? [];
  if (account === undefined || id === undefined) return null;
  if (kind === "m") return { account, kind: "message", id: Number(id), at: null };
  return { account, kind: "conversation", id: Number(id), at: at === undefined ? null : Number(at) };
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return "";
  }
}

export function formatPlace(place: Place): string {
  switch (place.screen) {
    case "settings":
      return `#/settings/${place.page}${place.source === undefined ? "" : `/${encodeURIComponent(place.source)}`}`;
    case "drafts":
    case "outbox":
      return `#/${place.screen}`;
    case "organise":
      return `#/organise/${place.page}${place.begin === null ? "" : `?${new URLSearchParams({ ...place.begin }).toString()}`}`;
    case "add-source":
      return "#/sources/add";
    case "source":
      return `#/source/${encodeURIComponent(place.source)}/${place.tab}`;
    case "mail":
      return formatMail(place);
  }
}

function formatMail({ scope, list, open }: MailPlace): string {
  const path = `#/${scope}/${formatList(list)}`;
  // Most of the sidebar: to make terms takes longer than to draw the link.
  if (list.kind !== "search" && open === null) return path;
  const terms = new URLSearchParams();
  if (list.kind === "search") {
    terms.set("q", list.q);
    if (list.order === "best") terms.set("order", "best");
  }
  if (open !== null) terms.set("open", formatOpened(open));
  return `${path}?${terms.toString()}`;
}

function formatOpened({ account, kind, id, at }: Opened): string {
  if (kind === "message") return `${account}.m${id}`;
  return at === null ? `${account}.c${id}` : `${account}.c${id}.${at}`;
}

function formatList(list: ListOf): string {
  switch (list.kind) {
    case "role":
      return list.role;
    case "mailbox":
      return `mailbox/${encodeURIComponent(list.mailbox)}`;
    case "source":
      return `source/${encodeURIComponent(list.source)}`;
    case "starred":
    case "all":
    case "search":
      return list.kind;
  }
}
