// A directory of a test's own.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Where undoing is asked for: a TestContext, or what a file of tests shares. */
export interface Undoing {
  after(undo: () => void | Promise<void>): void;
}

/** It goes, with all that is in it, when what has been done is undone. */
export function temporaryDirectory(context: Undoing): string {
  const directory = mkdtempSync(join(tmpdir(), "restante-test-"));
  context.after(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}
