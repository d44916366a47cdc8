import { statfs } from "node:fs/promises";
import type { Finding } from "../../mailstore/index.ts";
import { renderOctets } from "../../observe/index.ts";

/** Below this, large mail is soon refused; below the second, any. */
const LOW_OCTETS = 1_000_000_000;
const FULL_OCTETS = 50_000_000;
const LOW_INODES = 10_000;

/** Room on the file system of the data directory. */
export async function diskHealth(dataDir: string): Promise<readonly Finding[]> {
  const { bavail, bsize, files, ffree } = await statfs(dataDir);
  const free = bavail * bsize;
  const findings: Finding[] = [{ what: `${renderOctets(free)} free for mail`, ...judgeSpace(free) }];
  if (files > 0 && ffree < LOW_INODES)
    findings.push({
      what: `only ${ffree} more files fit on the disk`,
      severity: "warning",
      repair: "remove files, or move the data directory to another file system",
    });
  return findings;
}

function judgeSpace(free: number): Pick<Finding, "severity" | "repair"> {
  if (free < FULL_OCTETS) return { severity: "error", repair: "make room now: mail is being refused, or soon will be" };
  if (free < LOW_OCTETS)
    return { severity: "warning", repair: "make room, or move the data directory to a larger disk" };
  return { severity: "ok" };
}
