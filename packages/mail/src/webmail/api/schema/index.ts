// The one source of types for everything that speaks to the API.
export type { Act, Acted } from "./acts.ts";
export type { ReaderEvent } from "./events.ts";
export type {
  Body,
  CalendarMoment,
  Card,
  Conversation,
  MailboxRow,
  Message,
  Page,
  Part,
  Person,
  Ref,
  Repetition,
  Role,
  Row,
  ServerCopy,
  TextBlock,
  WholeRow,
} from "./mail.ts";
export type { LabelRow, RuleRow } from "./organising.ts";
export type { MessageProblem, SearchOperator, SearchProblem } from "./problems.ts";
export type { RefusalReason } from "./refusals.ts";
export { requestOf } from "./request.ts";
export { ROUTES, type Route, type RouteInput, type RouteName, type RouteOutput } from "./routes.ts";
export type { ReaderSettings, Trusted } from "./settings.ts";
export type {
  Certificate,
  Discovery,
  Keep,
  NewSource,
  Reason,
  ServerMessage,
  SourceProgress,
  SourceQuestion,
  SourceStatus,
  SourceWarning,
  Tested,
  Trouble,
} from "./sources.ts";
export type {
  AnswerKind,
  AnswerWords,
  Draft,
  DraftAttachment,
  DraftFields,
  IdentityRow,
  NewIdentity,
  OutboxRow,
  UnreadableRow,
} from "./writing.ts";
