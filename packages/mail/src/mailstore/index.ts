// The mailstore: accounts, mailboxes and messages, kept so that POP, delivery and the reader can rely on them.
export {
  ChangesForgottenError,
  DirectoryError,
  type Account,
  type Address,
  type AddressKind,
  type BodyWriter,
  type Change,
  type Directory,
  type Fetched,
  type FetchedCopy,
  type FetchedStub,
  type Finding,
  type Login,
  type MailboxCounts,
  type MailboxOutcome,
  KEYWORDS_MAX,
  type Mailstore,
  type PlaceOptions,
  type Placement,
  type PopDelete,
  type ReaderQueries,
  type ReceivedBody,
  type StoredMessage,
} from "./contract.ts";
export type { DocumentChange, DocumentKey, Documents, StoredDocument } from "./documents.ts";
export type {
  IndexedChange,
  IndexedMessage,
  ListPage,
  Listed,
  ListQuery,
  MembersQuery,
  ListRow,
  MessageOrigin,
  ReadingIndex,
  SearchPage,
  SearchProblem,
  SearchQuery,
  SearchTerm,
} from "./reading-index.ts";
export { mailboxName } from "./sqlite/folding.ts";
export { ASKED_ROW, BESIDE, type OnServer } from "./sqlite/reading/beside.ts";
export { openReadingIndex, type ReadingIndexOptions } from "./sqlite/reading/reading-index.ts";
export { openSqliteMailstore, type SqliteMailstoreOptions } from "./sqlite/open.ts";
export { type StoreProblem } from "./sqlite/store.ts";
export { NotAStoreError, SchemaTooNewError, StoreOwnedError } from "./sqlite/store-errors.ts";
