// The POP server: sockets, TLS, time and limits around the session of ../wire.
export { createPop3Server } from "./pop3-server.ts";
export type { ServerTls } from "./certificates.ts";
export { DEFAULT_LIMITS, type Limits } from "./limits.ts";
export type {
  Clock,
  EndReason,
  ListenOptions,
  Listening,
  LiveSession,
  Pop3Server,
  Protocol,
  Pop3ServerOptions,
  ServerObserver,
  SessionSummary,
} from "./contract.ts";
