// Writes a folder of .eml files, octets exactly as kept, other mailboxes as subfolders.
import { join } from "node:path";
import type { StoredMessage } from "../../mailstore/index.ts";
import type { MailTarget, TargetOptions } from "./contract.ts";
import { encodeSegment, segmentsOf } from "../imports/segments.ts";
import { exists, TouchedFolders, writeDurably } from "./durable-files.ts";
import { copy } from "./write-octets.ts";

const CONCURRENCY = 8;

/** Opens a folder for writing; it is made when it is not there. */
export async function openEmlTarget(o: TargetOptions): Promise<MailTarget> {
  const touched = new TouchedFolders();
  touched.make(o.path);
  return {
    concurrency: CONCURRENCY,
    async write(message, octets) {
      const folder = join(o.path, ...(message.mailbox.toUpperCase() === "INBOX" ? [] : segmentsOf(message.mailbox)));
      touched.make(folder);
      const path = join(folder, fileName(message));
      if (await exists(path)) return false;
      await writeDurably({
        temporary: join(folder, `.${fileName(message)}.tmp`),
        path,
        modifiedAt: message.receivedAt,
        write: async (file) => void (await copy(file, 0, octets())),
      });
      touched.add(folder);
      return true;
    },
    finish: () => touched.sync(),
    abandon: () => touched.sync(),
  };
}

/** Sorts by time: 20260302T081500Z-UNIQUEID.eml */
function fileName(message: StoredMessage): string {
  const time = new Date(message.receivedAt)
    .toISOString()
    .replace(/\.\d+Z$/, "Z")
    .replace(/[-:]/g, "");
  return `${time}-${encodeSegment(message.uniqueId)}.eml`;
}
