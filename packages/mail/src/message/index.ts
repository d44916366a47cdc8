// Reading a mail: what it says, who it is from, what is attached, made harmless, in plain data.
export type {
  Authentication,
  CalendarEvent,
  CalendarMoment,
  DeliveryReport,
  HtmlOptions,
  MailAddress,
  MailReader,
  MessageBody,
  MessagePart,
  MessageSummary,
  PartContent,
  QuotedBody,
  ReadingFailure,
  ReadingProblem,
  ReadMessage,
  SafeHtml,
  SenderWarning,
  TextBlock,
  Unsubscribe,
} from "./contract.ts";
export { fragmentOf } from "./html/document.ts";
export { safeFileName } from "./header/file-name.ts";
export { safeHeaderText } from "./header/safe-header-text.ts";
export { isMisleading, shownName } from "./header/shown-name.ts";
export { isReplySubject, threadSubjectOf, withoutMarks } from "./header/thread-subject.ts";
export { yieldToServing } from "./threads/yield-to-serving.ts";
export { UNREADABLE_SUMMARY } from "./reading/unreadable-message.ts";
export { IMAGE_PIXELS_MAX } from "./limits.ts";
export { isDrawable } from "./parts/declared-pixels.ts";
export { openMailReader } from "./threads/mail-reader.ts";
export type { MailReaderOptions } from "./threads/mail-reader.ts";
export { ReadingError } from "./reading-error.ts";
