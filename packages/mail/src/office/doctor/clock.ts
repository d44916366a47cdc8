import { stat } from "node:fs/promises";
import { join } from "node:path";
import type { Finding } from "../../mailstore/index.ts";
import type { OperationContext } from "../operations/definition.ts";
import { renderSpan } from "../../observe/index.ts";

/** Before this the clock was surely never set. */
const FIRST_SENSIBLE_MS = Date.UTC(2026, 0, 1);
const TOLERANCE_MS = 120_000;

/** A clock that goes wrong spoils dates of arrival, certificates and the days mail stays in the trash. */
export async function clockHealth({
  dataDir,
  live,
}: Pick<OperationContext, "dataDir" | "live">): Promise<readonly Finding[]> {
  const now = Date.now();
  const repair = "set the clock, and let an NTP client keep it";
  if (now < FIRST_SENSIBLE_MS)
    return [{ what: `the clock says ${new Date(now).toISOString()}`, severity: "error", repair }];
  const newest = (await stat(join(dataDir, "mail.db"))).mtimeMs;
  if (newest > now + TOLERANCE_MS)
    return [{ what: `the store was written ${renderSpan(newest - now)} in the future`, severity: "warning", repair }];
  if (live !== undefined && live.startedAt > now + TOLERANCE_MS)
    return [{ what: "the clock was set back since the start", severity: "warning", repair }];
  return [{ what: `the clock says ${new Date(now).toISOString()}`, severity: "ok" }];
}
