import type { DocumentChange, DocumentKey, Documents, StoredDocument } from "../documents.ts";
import { accountNumber, knownAccountNumber } from "./folding.ts";
import type { DocumentRef, JobInput, JobOutput } from "./jobs.ts";
import type { Statements } from "./statements.ts";

const valueOctetsMax = 1_048_576;
const rowsMax = 1_000;
/** The house's own documents have the number no account has. */
const house = 0;

type DocumentJob = "putDocument" | "removeDocument";

interface Row {
  readonly account_id: number;
  readonly document_id: string;
  readonly version: number;
  readonly updated_at: number;
  readonly value: string;
}

const columns = "account_id, document_id, version, updated_at, value";

export interface DocumentParts {
  readonly db: Statements;
  readonly now: () => number;
  readonly run: <K extends DocumentJob>(kind: K, input: JobInput<K>) => Promise<JobOutput<K>>;
}

export class SqliteDocuments implements Documents {
  readonly #parts: DocumentParts;

  constructor(parts: DocumentParts) {
    this.#parts = parts;
  }

  // oxlint-disable-next-line typescript/require-await -- a store on another machine has to wait here
  async get(key: DocumentKey): Promise<StoredDocument | undefined> {
    const { kind, account, id } = refOf(key);
    const find = `SELECT ${columns} FROM document WHERE kind = ? AND account_id = ? AND document_id = ?`;
    const row = this.#parts.db.get<Row>(find, kind, account, id);
    return row === undefined ? undefined : documentOf(row);
  }

  // oxlint-disable-next-line typescript/require-await -- as above
  async list({ kind, account, after }: Parameters<Documents["list"]>[0]): Promise<readonly StoredDocument[]> {
    const { db } = this.#parts;
    const order = `ORDER BY account_id, document_id LIMIT ${rowsMax}`;
    const lastId = after?.id ?? "";
    if (account !== undefined) {
      const find = `SELECT ${columns} FROM document WHERE kind = ? AND account_id = ? AND document_id > ? ${order}`;
      return db.all<Row>(find, kind, accountNumber(account) ?? -1, lastId).map(documentOf);
    }
    const find = `SELECT ${columns} FROM document WHERE kind = ? AND (account_id, document_id) > (?, ?) ${order}`;
    return db.all<Row>(find, kind, accountNumber(after?.account ?? "") ?? house, lastId).map(documentOf);
  }

  async put(
    key: DocumentKey,
    value: unknown,
    { ifVersion }: { readonly ifVersion?: number } = {},
  ): Promise<{ readonly version: number } | "conflict"> {
    return this.#parts.run("putDocument", putInput({ key, value, ifVersion }, this.#parts.now()));
  }

  remove(key: DocumentKey, { ifVersion }: { readonly ifVersion?: number } = {}): Promise<boolean> {
    return this.#parts.run("removeDocument", { ...refOf(key), ifVersion });
  }
}

export function putInput(
  { key, value, ifVersion }: Omit<DocumentChange, "ifVersion"> & { readonly ifVersion: number | undefined },
  now: number,
): JobInput<"putDocument"> {
  const text = JSON.stringify(value);
  if (text === undefined || Buffer.byteLength(text) > valueOctetsMax)
    throw new RangeError(`a document is JSON of at most ${valueOctetsMax} octets`);
  return { ...refOf(key), value: text, ifVersion, now };
}

function refOf({ kind, account, id }: DocumentKey): DocumentRef {
  if (!/^[\x21-\x7e]{1,128}$/.test(id)) throw new RangeError("a document's id has 1 to 128 printable ASCII characters");
  return { kind, account: account === undefined ? house : knownAccountNumber(account), id };
}

function documentOf(row: Row): StoredDocument {
  return {
    account: row.account_id === house ? undefined : String(row.account_id),
    id: row.document_id,
    version: row.version,
    updatedAt: row.updated_at,
    value: JSON.parse(row.value) as unknown,
  };
}
