export { CONFIG_FILE, readConfigText, replaceConfig, writeSecretFile } from "./config-file.ts";
export { ConfigFileError } from "./config-file-error.ts";
export type { Config, LimitSettings, PopSettings, TlsFiles } from "./config.ts";
export { changeSource, removeSource, type SourceChange } from "./edit-source.ts";
export { explain, type ExplainedKey } from "./explain.ts";
export { loadConfig, type Loaded, type LoadOptions } from "./load.ts";
export { suggestion } from "./nearest.ts";
export { compilePattern, type Pattern } from "./pattern.ts";
export { ConfigError, renderOrigin, renderProblem, type Origin, type Problem } from "./problem.ts";
export { EXPIRE_DAYS_MAX, jsonSchema, LOG_LEVELS, PROTOCOLS, type LogLevel, type Protocol } from "./schema.ts";
export { mailboxOf, sameMailboxes, USUAL_PORTS, type SameMailbox } from "./same-mailbox.ts";
export { readSecret, SecretLate, type Secret } from "./secret.ts";
export { SOURCE_NAME, SOURCE_TLS, type SourceMechanism, type SourceTls } from "./source-schema.ts";
export { holdsCertificate, isPin, keepProblem, renderKeep, type KeepPolicy } from "./source-values.ts";
export type { SourceConfig, SourceDestination, SourceFilter, SourceSecret } from "./sources.ts";
export { loginOfDestination } from "./store-destination.ts";
export {
  isLoopback,
  OWN_NAMES,
  parseListenAddress,
  parseOctets,
  parsePopDelete,
  renderDuration,
  renderListenAddress,
  renderOctets,
  renderPopDelete,
  type ListenAddress,
  type PopDeletePolicy,
} from "./values.ts";
export { storeDestination } from "./store-destination.ts";
