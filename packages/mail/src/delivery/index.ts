// Delivery: how mail comes in, and how it goes out again as files.
export { findAccount, readAddress } from "./addresses.ts";
export { deliverStream, receive, type DeliverStreamOptions } from "./deliver-message.ts";
export { decodeField } from "./encoded-words.ts";
export { fieldsNamed } from "./header-fields.ts";
export { DeliveryError } from "./delivery-error.ts";
export { TargetError, type MailTarget, type TargetOptions } from "./exports/contract.ts";
export { exportMail, type ExportOptions, type ExportProgress, type ExportSummary } from "./exports/export-mail.ts";
export { mboxEntry } from "./exports/mbox-entry.ts";
export { openTarget } from "./exports/open-target.ts";
export {
  SourceError,
  type MailFormat,
  type MailSource,
  type SkippedEntry,
  type SourceEntry,
  type SourceMessage,
  type SourceOptions,
} from "./imports/contract.ts";
export { importMail, type ImportOptions, type ImportProgress, type ImportSummary } from "./imports/import-mail.ts";
export { guessFormat, openSource } from "./imports/open-source.ts";
export type {
  LiveLmtpSession,
  LmtpClock,
  LmtpEndReason,
  LmtpListening,
  LmtpListenOptions,
  LmtpObserver,
  LmtpServer,
  LmtpServerOptions,
  LmtpSessionSummary,
} from "./lmtp/contract.ts";
export { DEFAULT_LMTP_LIMITS, type LmtpLimits } from "./lmtp/limits.ts";
export { createLmtpServer } from "./lmtp/server.ts";
export { type Rule, rule as ruleSchema } from "./rules/rule.ts";
export { sortingOf } from "./rules/decide-placing.ts";
export { applyRule, matchesInInbox } from "./rules/sort-existing.ts";
export { sortingStore, type PlacingStore } from "./rules/sorting-store.ts";
export { readRules, renameWithRules, writeRules } from "./rules/stored-rules.ts";
