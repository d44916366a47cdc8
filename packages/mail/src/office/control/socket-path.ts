// Where the control socket is. A Unix socket's path may have 107 octets; a data directory's may have more.
import { mkdtempSync, readFileSync, rmdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { FILES } from "../data-files.ts";

/** sockaddr_un has room for 108 octets with the final NUL on Linux, 104 on the BSDs and macOS. */
const PATH_OCTETS_MAX = process.platform === "linux" ? 107 : 103;

/** A place for the socket of the directory's owner; what a former owner left there is removed. */
export function placeSocket(dataDir: string): { readonly path: string; remove(): void } {
  const former = readSocketPath(dataDir);
  rmSync(former, { force: true });
  const direct = join(dataDir, FILES.controlSocket);
  const note = join(dataDir, FILES.controlPath);
  if (former !== direct) forget(former, note);
  if (Buffer.byteLength(direct) <= PATH_OCTETS_MAX)
    return { path: direct, remove: () => rmSync(direct, { force: true }) };
  // A fresh directory of mode 0700: nobody else can have put a socket there, or can reach ours.
  const path = join(mkdtempSync(join(tmpdir(), "restante-")), FILES.controlSocket);
  writeFileSync(note, `${path}\n`, { mode: 0o600 });
  return {
    path,
    remove: () => {
      rmSync(path, { force: true });
      forget(path, note);
    },
  };
}

/** Where an owner of this directory would listen. */
export function readSocketPath(dataDir: string): string {
  try {
    const noted = readFileSync(join(dataDir, FILES.controlPath), "utf8").trim();
    if (noted !== "") return noted;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
  }
  return join(dataDir, FILES.controlSocket);
}

/** Only an empty directory goes: whatever the note says, nothing else is lost. */
function forget(path: string, note: string): void {
  rmSync(note, { force: true });
  try {
    rmdirSync(dirname(path));
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code !== "ENOENT" && code !== "ENOTEMPTY" && code !== "EACCES") throw error;
  }
}
