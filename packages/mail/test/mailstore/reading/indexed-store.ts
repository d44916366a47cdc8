// A store with its reading index, in a directory of its own.
import assert from "node:assert/strict";
import { openReadingIndex, type ListQuery, type ListRow, type OnServer } from "../../../src/mailstore/index.ts";
import { SqliteReadingIndex } from "../../../src/mailstore/sqlite/reading/reading-index.ts";
import { temporaryStore, type TemporaryStore } from "../temporary-store.ts";
import { plainReader, type PlainReader } from "./plain-reader.ts";
import type { Undoing } from "../../temporary-directory.ts";

const waitMs = 60_000;

export interface IndexedStore {
  readonly temporary: TemporaryStore;
  index: SqliteReadingIndex;
  readonly reader: PlainReader;
  readonly problems: string[];
  /** Closes the index, and opens it again. */
  reopen(): Promise<SqliteReadingIndex>;
}

export async function indexedStore(
  context: Undoing,
  o: {
    readonly reader?: PlainReader;
    readonly temporary?: TemporaryStore;
    readonly diskFloorOctets?: number;
    readonly onServer?: () => OnServer | undefined;
  } = {},
): Promise<IndexedStore> {
  context.after(() => indexed.index.close());
  const temporary = o.temporary ?? (await temporaryStore(context));
  const reader = o.reader ?? plainReader();
  const problems: string[] = [];
  const open = async (): Promise<SqliteReadingIndex> => {
    const index = await openReadingIndex({
      store: temporary.store,
      reader,
      diskFloorOctets: o.diskFloorOctets ?? 0,
      ...(o.onServer === undefined ? {} : { onServer: o.onServer }),
      onProblem: ({ what }) => problems.push(what),
    });
    assert.ok(index instanceof SqliteReadingIndex);
    return index;
  };
  const indexed: IndexedStore = {
    temporary,
    index: undefined as unknown as SqliteReadingIndex,
    reader,
    problems,
    async reopen() {
      await indexed.index.close();
      return (indexed.index = await open());
    },
  };
  indexed.index = await open();
  return indexed;
}

export interface Mail {
  readonly subject?: string;
  readonly from?: string;
  readonly to?: string;
  readonly date?: string;
  readonly id?: string;
  readonly references?: string;
  readonly inReplyTo?: string;
  readonly more?: string;
  readonly body?: string;
}

function mailText(mail: Mail): Buffer {
  const fields: readonly (readonly [string, string | undefined])[] = [
    ["From", mail.from ?? "Sam Sender <sam@sender.example>"],
    ["To", mail.to ?? "Robin Alder <robin@alder.example>"],
    ["Subject", mail.subject ?? "no subject"],
    ["Date", mail.date],
    ["Message-ID", mail.id === undefined ? undefined : `<${mail.id}>`],
    ["References", mail.references],
    ["In-Reply-To", mail.inReplyTo],
  ];
  const head = fields.flatMap(([name, value]) => (value === undefined ? [] : [`${name}: ${value}`]));
  return Buffer.from([...head, ...(mail.more === undefined ? [] : [mail.more]), "", mail.body ?? "text"].join("\r\n"));
}

export async function deliverMail(
  { temporary }: IndexedStore,
  account: string,
  mail: Mail,
  o: { readonly mailbox?: string; readonly receivedAt?: number } = {},
): Promise<number> {
  const { store } = temporary;
  const writer = store.newBody();
  await writer.write(mailText(mail));
  const body = await writer.finish();
  return (await store.place(account, body, o)).messageId;
}

export async function caughtUp({ index }: IndexedStore, account: string): Promise<void> {
  assert.ok(await index.caughtUp(account, { withinMs: waitMs }), "everything shows");
}

/** Every row of a list, page by page. */
export async function wholeList(
  index: SqliteReadingIndex,
  query: Omit<ListQuery, "limit" | "after"> & { readonly limit?: number },
): Promise<readonly ListRow[]> {
  const rows: ListRow[] = [];
  let after: string | undefined;
  do {
    const page = await index.list({ limit: 100, ...query, ...(after === undefined ? {} : { after }) });
    rows.push(...page.rows);
    after = page.next;
  } while (after !== undefined);
  return rows;
}

export function subjects(rows: readonly ListRow[]): readonly string[] {
  return rows.map(({ newest }) => newest.subject);
}

export function ids(rows: readonly ListRow[]): readonly number[] {
  return rows.map(({ newest }) => newest.messageId);
}
