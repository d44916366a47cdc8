// A source as text for the configuration, added behind what is there: not an octet of it, comments included, changes.

/** Where a password is, in the words of the configuration. */
export type PasswordPlace =
  | { readonly file: string }
  | { readonly command: readonly string[] }
  | { readonly prompt: true };

export interface NewSource {
  readonly name: string;
  readonly host: string;
  readonly mailDomain?: string | undefined;
  /** Left out where it is the one of `tls`. */
  readonly port: number;
  readonly tls: "implicit" | "stls-required" | "stls-if-offered" | "none";
  readonly user: string;
  readonly password: PasswordPlace;
  /** It is to be looked at only when somebody names it. */
  readonly enabled?: false | undefined;
  readonly pin?: string | undefined;
  readonly caFile?: string | undefined;
  readonly account?: string | undefined;
  readonly maildir?: string | undefined;
  readonly keep?: string | undefined;
  readonly deleteWhenDeletedLocally?: boolean | undefined;
  /** Left out: the oldest come first. */
  readonly order?: "newest" | undefined;
  /** As it is to be written, with its unit. */
  readonly maxSize?: string | undefined;
}

/** The table, with a line end at its end. */
export function sourceTable(source: NewSource): string {
  const { name, host, mailDomain, port, tls, user, pin, caFile, account, maildir, enabled } = source;
  const fetch = fetchKeys(source);
  const server = serverKeys(source);
  const usualPort = tls === "implicit" ? 995 : 110;
  return [
    `[source.${/^[A-Za-z0-9_-]+$/.test(name) ? name : quoted(name)}]`,
    `host = ${quoted(host)}`,
    ...(mailDomain === undefined ? [] : [`mail_domain = ${quoted(mailDomain)}`]),
    ...(port === usualPort ? [] : [`port = ${port}`]),
    ...(tls === "implicit" ? [] : [`tls = ${quoted(tls)}`]),
    ...(pin === undefined ? [] : [`pin = [${quoted(pin)}]`]),
    ...(caFile === undefined ? [] : [`ca = ${quoted(caFile)}`]),
    `user = ${quoted(user)}`,
    `password = ${passwordValue(source.password)}`,
    ...(account === undefined ? [] : [`account = ${quoted(account)}`]),
    ...(maildir === undefined ? [] : [`deliver = [{ to = ${quoted(`maildir:${maildir}`)} }]`]),
    ...(enabled === undefined ? [] : [`enabled = ${String(enabled)}`]),
    ...(fetch === "" ? [] : [`fetch = { ${fetch} }`]),
    ...(server === "" ? [] : [`server = { ${server} }`]),
    "",
  ].join("\n");
}

function fetchKeys({ order, maxSize }: NewSource): string {
  return [
    ...(order === undefined ? [] : [`order = ${quoted(order)}`]),
    ...(maxSize === undefined ? [] : [`max_size = ${quoted(maxSize)}`]),
  ].join(", ");
}

function serverKeys({ keep, deleteWhenDeletedLocally }: NewSource): string {
  return [
    ...(keep === undefined ? [] : [`keep = ${quoted(keep)}`]),
    ...(deleteWhenDeletedLocally === true ? ["delete_when_deleted_locally = true"] : []),
  ].join(", ");
}

/** The document with the source behind everything else; whoever writes it checks it as a whole. */
export function addSource(document: string, source: NewSource): string {
  const before = document === "" || document.endsWith("\n") ? document : `${document}\n`;
  return `${before}${before === "" ? "" : "\n"}${sourceTable(source)}`;
}

/** A name for the source of an address that is none of those: of its domain's first label, or of both its parts. */
export function freeName(address: string, taken: readonly string[]): string {
  const [localPart = "", domain = ""] = address.toLowerCase().split("@");
  const label = domain.split(".")[0] ?? "";
  const stem = plain(`${localPart}-${label}`) || "source";
  for (const name of [plain(label), stem]) if (name !== "" && !taken.includes(name)) return name;
  let n = 2;
  while (taken.includes(`${stem}-${n}`)) n += 1;
  return `${stem}-${n}`;
}

/** Leaves room for a number behind it. */
function plain(text: string): string {
  return text
    .replace(/[^a-z0-9_-]+/g, "-")
    .replace(/^[^a-z0-9]+|-+$/g, "")
    .slice(0, 56);
}

function passwordValue(place: PasswordPlace): string {
  if ("file" in place) return `{ file = ${quoted(place.file)} }`;
  if ("command" in place) return `{ command = [${place.command.map(quoted).join(", ")}] }`;
  return "{ prompt = true }";
}

/** A basic string: JSON's escapes are TOML's, DEL alone is not escaped there. */
function quoted(text: string): string {
  return JSON.stringify(text).replaceAll("\u007f", "\\u007f");
}
