// Delivery: how mail comes in.
export { createLmtpServer } from "./lmtp/server.ts";
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
