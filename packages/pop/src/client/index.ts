// The POP3 client: a session is a transaction, a message is a stream, every failure is one kind of error.
export { connect, probe } from "./connect.ts";
export { connectPop1, connectPop2 } from "./family-connect.ts";
export type {
  Auth,
  CallOptions,
  Capabilities,
  CertificateInfo,
  CloseReason,
  CommitResult,
  DropListing,
  Entry,
  ExternalAuth,
  FamilyOptions,
  HeaderOptions,
  HostMemory,
  InitialResponse,
  Listing,
  Logger,
  MechanismAuth,
  Message,
  MessageRef,
  MessageStream,
  OpeningStep,
  OutOfStep,
  PasswordAuth,
  PasswordMechanism,
  Pop1Options,
  Pop3Options,
  Pop3Session,
  Pop3Transport,
  PopSession,
  Progress,
  RawReply,
  ResponseCode,
  RetrieveOptions,
  RetrieveResult,
  Secret,
  SelectOptions,
  ServerInfo,
  TlsInfo,
  TlsMode,
  TlsOptions,
  TokenAuth,
  TokenMechanism,
  TokenRequest,
  TraceEvent,
} from "./contract.ts";
export { POP3_ERRORS, Pop3Error } from "./errors.ts";
export type { ErrorGroup, Pop3ErrorCode, Pop3ErrorFacts, Pop3Phase, Retry } from "./errors.ts";
export { createHostMemory } from "./host-memory.ts";
export { DEFAULT_LIMITS, DEFAULT_TIMEOUTS, type Limits, type Timeouts } from "./limits.ts";
export { formatPopUrl, parsePopUrl, type PopUrl } from "./pop-url.ts";
