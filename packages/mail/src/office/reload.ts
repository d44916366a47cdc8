// SIGHUP: what can change under running sessions changes, the rest is told.
import { isDeepStrictEqual } from "node:util";
import type { Config } from "../config/index.ts";
import type { OpenLog } from "../observe/index.ts";
import { openTlsMaterial, type TlsMaterial } from "./certificate/tls-material.ts";
import type { ReloadReport } from "./live-office.ts";

/** Parts of the configuration that are looked at only when the office opens. */
const AT_START: readonly (readonly [keyof Config, string])[] = [
  ["dataDir", "data"],
  ["hostName", "host_name"],
  ["domains", "domains"],
  ["popDelete", "pop_delete"],
  ["listen", "listen"],
  ["limits", "limits"],
];

export interface ReloadOptions {
  readonly current: { config: Config };
  readonly log: OpenLog;
  readonly readConfig: () => Config;
  readonly useMaterial: (material: TlsMaterial) => void;
}

/** Throws before anything changed. Accounts need no reload: they are read from the store at every login. */
export async function reloadOffice(options: ReloadOptions): Promise<ReloadReport> {
  const { current, log } = options;
  const before = current.config;
  const fresh = options.readConfig();
  const material = await openTlsMaterial(fresh, Date.now());
  const changed: string[] = ["certificate"];
  options.useMaterial(material);
  if (fresh.log.level !== before.log.level) changed.push("log.level");
  log.setLevel(fresh.log.level);
  log.reopen();
  const needRestart = AT_START.filter(([key]) => !isDeepStrictEqual(fresh[key], before[key])).map(([, name]) => name);
  if (fresh.log.destination !== before.log.destination) needRestart.push("log.destination");
  // What still waits for a restart stays as it was, so that the next reload tells it again.
  current.config = { ...before, tls: fresh.tls, log: { ...before.log, level: fresh.log.level } };
  log.info({ changed, needRestart }, "reloaded");
  return { changed, needRestart };
}
