// Maildrops: the contract between a POP server and a store, what every store needs, and a store in memory.
export type {
  AccountId,
  CommitOutcome,
  Delivered,
  DeliverOptions,
  IncomingMessage,
  Maildrop,
  MaildropStore,
  MessageChunk,
  MessageReader,
  OpenOptions,
  ReadOptions,
  StoreCapabilities,
} from "./contract.ts";
export { Canonicaliser } from "./canonical.ts";
export { unixLines, LINES_OCTETS_MAX, type UnixLinesOptions } from "./lines/lines.ts";
export { shiftedEdits, SurrogateMaker, surrogateOctets, type SurrogateEdit } from "./surrogate/edits.ts";
export { SurrogateScanner } from "./surrogate/scanner.ts";
export { TopCutter, type TopCutterOptions } from "./top.ts";
export { formatUniqueId, isUniqueId, type UniqueIdParts } from "./unique-id.ts";
export { MemoryStore, type MemoryAccountOptions, type MemoryStoreOptions } from "./memory.ts";
// A store refuses with these; its author needs no second import.
export { PopError, type ErrorCode } from "../wire/index.ts";
