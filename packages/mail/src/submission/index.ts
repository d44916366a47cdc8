// Composing, and handing what was written to a submission server.
export { answeringAddress, startAnswer, type AnswerKind, type AnswerStart } from "./answer.ts";
export { envelopeAddress, wireAddress } from "./addresses.ts";
export { buildMessage } from "./build-message.ts";
export {
  SubmissionError,
  type BuiltMessage,
  type Envelope,
  type OutboxEntry,
  type OutboxState,
  type OutgoingAttachment,
  type OutgoingMessage,
  type SubmissionServer,
  type SubmissionTrouble,
} from "./contract.ts";
export { OUTBOX_MAILBOX } from "./filing.ts";
export { headerText } from "./header-text.ts";
export {
  openIdentities,
  secretName,
  serverOf,
  type Identities,
  type Identity,
  type KnownIdentity,
  type SecretFiles,
} from "./identities.ts";
export { SUBMISSION_LIMITS } from "./limits.ts";
export { Outbox, type OutboxOptions } from "./outbox.ts";
export type { UnreadableDocument } from "./outbox-documents.ts";
export { readMailto } from "./mailto.ts";
export { forwardedHead, quoteText } from "./quoting.ts";
export { buildReceipt, receiptText } from "./receipt.ts";
export { finishRemoval, finishRemovals, removeIdentitiesWith, removeIdentity } from "./removals.ts";
export { secretFiles } from "./secret-files.ts";
export type { Route } from "./sending.ts";
export { sortSecrets } from "./sort-secrets.ts";
export { testServer } from "./submit.ts";
