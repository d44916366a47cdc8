// Mail that is dropped into the reader: an mbox, one .eml, or one message of a Maildir. It is spooled whole, then brought
// in the way `restante import` does it: dates, flags and quoting read, and what was there before recognised.
import { randomUUID } from "node:crypto";
import { open, readdir, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { z } from "zod";
import { makeFolder } from "../../../files/index.ts";
import { importMail, openSource, SourceError, type ImportSummary, type MailFormat } from "../../../delivery/index.ts";
import { ApiError } from "../api-error.ts";
import { refuseHidden } from "../hidden-mailbox.ts";
import { LIMITS } from "../limits.ts";
import type { Reading } from "../reading.ts";
import { accountId, mailboxName } from "../schema/mail.ts";

export const importQuery = z.object({
  account: accountId,
  mailbox: mailboxName.default("INBOX"),
  format: z.enum(["mbox", "eml", "maildir"]),
  /** Of a message of a Maildir: its flags are in it. */
  name: z.string().max(255).default("message"),
});

type Query = z.output<typeof importQuery>;

/** In the spool of the data directory: one folder an import. */
const FOLDER = "import-";

/** What a process left that ended in the middle of an import. For whoever owns the data directory, before anybody is let in. */
export async function sweepImports(dataDir: string): Promise<void> {
  const spool = spoolOf(dataDir);
  for (const name of await namesIn(spool))
    if (name.startsWith(FOLDER)) await rm(join(spool, name), { recursive: true, force: true });
}

/** Throws ApiError. What was brought in until then stays, and a second try goes on from there. */
export async function takeImport(
  reading: Reading,
  query: Query,
  o: { readonly body: AsyncIterable<Uint8Array>; readonly signal: AbortSignal },
): Promise<ImportSummary> {
  const { store, dataDir } = reading.house;
  const { account } = reading.account(query.account);
  refuseHidden(query.mailbox);
  const folder = join(spoolOf(dataDir), `${FOLDER}${randomUUID()}`);
  const place = spoolPlace(folder, query);
  try {
    await spool(place.file, o.body);
    const source = await openSource({ path: place.source, format: query.format, mailbox: query.mailbox });
    const sum = await importMail({ store, account, source, octetsMax: LIMITS.messageOctets, signal: o.signal });
    // What the answer counts is in the lists.
    await reading.caughtUp(account);
    return sum;
  } catch (error) {
    if (error instanceof SourceError)
      throw new ApiError("unreadable", error.message, {
        cause: error,
        reason: query.format === "mbox" ? "import-no-mail" : "import-unreadable",
      });
    throw error;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function spoolOf(dataDir: string): string {
  return join(dataDir, "spool");
}

async function namesIn(folder: string): Promise<readonly string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
}

/** Names from outside never reach the file system, but for a Maildir's flags. */
function spoolPlace(folder: string, { format, name }: Query): { readonly file: string; readonly source: string } {
  const flags = /:2,([A-Za-z]{0,26})$/.exec(name)?.[1] ?? "";
  const FILES: Readonly<Record<MailFormat, { readonly file: string; readonly source: string }>> = {
    mbox: { file: join(folder, "mbox"), source: join(folder, "mbox") },
    eml: { file: join(folder, "one.eml"), source: folder },
    maildir: { file: join(folder, "cur", `1.one:2,${flags}`), source: folder },
  };
  return FILES[format];
}

async function spool(path: string, body: AsyncIterable<Uint8Array>): Promise<void> {
  makeFolder(dirname(path));
  const file = await open(path, "wx", 0o600);
  try {
    let octets = 0;
    for await (const chunk of body) {
      octets += chunk.length;
      if (octets > LIMITS.importOctets)
        throw new ApiError("too-large", "the file is too large to be dropped here; import it with restante import", {
          reason: "file-too-large",
        });
      await file.writeFile(chunk);
    }
  } finally {
    await file.close();
  }
}
