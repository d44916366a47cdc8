import { stat } from "node:fs/promises";
import { join } from "node:path";
import type { Finding } from "../../mailstore/index.ts";
import { FILES } from "../data-files.ts";

/** Secrets and mail are for their owner's eyes. */
export async function permissionHealth(dataDir: string): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  for (const [name, allowed] of [
    [".", 0o700],
    ["mail.db", 0o600],
    ["search.db", 0o600],
    [FILES.passwordKey, 0o600],
    [FILES.tlsKey, 0o600],
    [FILES.demoAccounts, 0o600],
  ] as const) {
    const path = join(dataDir, name);
    const mode = await modeOf(path);
    if (mode !== undefined && (mode & ~allowed) !== 0)
      findings.push({
        what: `${path} is open to others (mode 0${mode.toString(8)})`,
        severity: "error",
        repair: `chmod ${allowed.toString(8)} ${path}`,
      });
  }
  return findings.length > 0
    ? findings
    : [{ what: "secrets and mail are readable by their owner only", severity: "ok" }];
}

async function modeOf(path: string): Promise<number | undefined> {
  try {
    return (await stat(path)).mode & 0o777;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}
