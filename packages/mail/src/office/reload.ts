// SIGHUP: what can change under running sessions changes, the rest is told.
import { isDeepStrictEqual } from "node:util";
import type { Config, LimitSettings } from "../config/index.ts";
import type { OpenLog } from "../observe/index.ts";
import { openTlsMaterial, type TlsMaterial } from "./certificate/tls-material.ts";
import type { ReloadReport } from "./live-office.ts";

/** Parts of the configuration that are looked at only when the office opens. */
const AT_START: readonly (readonly [keyof Config, string])[] = [
  ["dataDir", "data"],
  ["hostName", "host_name"],
  ["domains", "domains"],
  ["popDelete", "pop_delete"],
  ["overQuota", "over_quota"],
  ["listen", "listen"],
  ["pop", "pop"],
  ["web", "web"],
];

export interface ReloadOptions {
  readonly current: { config: Config };
  readonly log: OpenLog;
  readonly readConfig: () => Config;
  /** False when they are the same certificates as before. */
  readonly useMaterial: (material: TlsMaterial) => boolean;
  readonly useLimits: (limits: LimitSettings) => void;
  /** False when they are the same as before. */
  readonly useSources: (sources: Config["sources"]) => boolean;
}

/** Throws before anything changed. Accounts need no reload: they are read from the store at every login. */
export async function reloadOffice(options: ReloadOptions): Promise<ReloadReport> {
  const { current, log } = options;
  const before = current.config;
  const fresh = options.readConfig();
  const material = await openTlsMaterial(fresh, Date.now());
  const changed: string[] = [];
  if (options.useMaterial(material)) changed.push("certificate");
  if (!isDeepStrictEqual(fresh.limits, before.limits)) {
    options.useLimits(fresh.limits);
    changed.push("limits");
  }
  if (options.useSources(fresh.sources)) changed.push("sources");
  if (fresh.log.level !== before.log.level) changed.push("log.level");
  log.setLevel(fresh.log.level);
  log.reopen();
  const needRestart = AT_START.filter(([key]) => !isDeepStrictEqual(fresh[key], before[key])).map(([, name]) => name);
  if (fresh.log.destination !== before.log.destination) needRestart.push("log.destination");
  // LMTP announces its limit as SIZE, and a client may have read it already.
  const limits = { ...fresh.limits, messageOctetsMax: before.limits.messageOctetsMax };
  if (fresh.limits.messageOctetsMax !== before.limits.messageOctetsMax) needRestart.push("limits.message");
  // What still waits for a restart stays as it was, so that the next reload tells it again.
  current.config = {
    ...before,
    tls: fresh.tls,
    limits,
    sources: fresh.sources,
    log: { ...before.log, level: fresh.log.level },
  };
  log.info({ changed, needRestart }, "reloaded");
  return { changed, needRestart };
}
