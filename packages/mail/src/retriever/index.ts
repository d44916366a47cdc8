// The retriever: collects mail from remote maildrops, and loses and doubles nothing.
export { startDaemon, type Daemon, type DaemonEvent, type DaemonOptions, type SourceStatus } from "./daemon/daemon.ts";
export type { ProtocolLine } from "./daemon/protocol-log.ts";
export type { SourceProgress } from "./daemon/source-watch.ts";
export type { Action, AskedFor } from "./decide/decide.ts";
export { RESTORED_TEXTS, RUN_QUESTIONS, saidYes } from "./decide/guard.ts";
export type { Allowed, Question, QuestionKind, RunQuestionKind } from "./decide/guard.ts";
export { showUniqueId, type KnownMessage } from "./decide/known.ts";
export type {
  LocalStore,
  PlacedMessage,
  Placing,
  PlacingFacts,
  PlacingIntake,
  PlacingInto,
} from "./destinations/local-store.ts";
export { FETCH_EXIT, FetchError, type FetchErrorCode, type FetchExit } from "./fetch-error.ts";
export type { FailedRow, FetchCounts, FetchEvent, FetchPhase, ReasonCount, SourceReport } from "./run/events.ts";
export { exitOf, exitOfRun, worstOf } from "./run/exit-code.ts";
export { adviceFor, type Advice } from "./run/advice.ts";
export type { Warning } from "./run/warnings.ts";
export { FreeSpace } from "./run/free-space.ts";
export { rowNameOf } from "./decide/message-name.ts";
export { readReason } from "./decide/reasons.ts";
export { receivedDate } from "./run/header.ts";
export { FETCH_FILES, readClock, statePath, type FetchHouse } from "./run/house.ts";
export {
  adviceForLook,
  checkSource,
  denyMigration,
  markSeen,
  planSource,
  serverInfo,
  type PlannedMessage,
  type SourceCheck,
  type SourcePlan,
} from "./run/inspect.ts";
export { hidePassword, maskedTrace, masking } from "./remote/masking.ts";
export { endpointOf, hasWorked, otherPlacesOf } from "./endpoint.ts";
export { chooseSources, runSources } from "./run/run-sources.ts";
export { removedHere } from "./run/removed-here.ts";
export { runSource } from "./run/run-source.ts";
export { withoutRuns } from "./run/without-runs.ts";
export { listServer, type ServerListed, type ServerListing } from "./run/server-listing.ts";
export { exportState, type ExportedMessage } from "./state/export.ts";
export type { AuditRow, RemovalPlace } from "./state/audit.ts";
export { FetchState } from "./state/fetch-state.ts";
export { onServer } from "./state/on-server.ts";
export type { SourceFacts } from "./state/source-facts.ts";
export { addressProblem, discover, DiscoveryError, type Discovery } from "./setup/discover.ts";
export { PROVIDER_NOTES, PROVIDERS, type Provider } from "./setup/providers.ts";
export { SYSTEM_RESOLVER } from "./setup/system-resolver.ts";
export type { MailResolver, Place, SrvRecord } from "./setup/srv.ts";
export {
  firstReached,
  tryLogin,
  type LoggedIn,
  type Missed,
  type Reached,
  type TriedPlace,
} from "./setup/try-source.ts";
export { namesFor, type SourceNames } from "./setup/source-name.ts";
export { addSource, sourceTable, type NewSource, type PasswordPlace } from "./setup/write-source.ts";
