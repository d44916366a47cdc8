// Attachments of drafts: a file each, named by us, durable before they are said to be there.
import { createReadStream, readdirSync } from "node:fs";
import { open, readFile, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { makeFolder } from "../../../files/index.ts";
import { ApiError } from "../api-error.ts";
import { LIMITS } from "../limits.ts";

/** Of all of a draft, however little of it is left. */
const MEGABYTES_MAX = Math.floor(LIMITS.attachmentOctets / 1_000_000);

export interface FilePlace {
  readonly account: string;
  readonly draft: string;
  readonly attachment: string;
}

export class DraftFiles {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Gives its octets. Throws ApiError `too-large` beyond `octetsMax`; then nothing is kept. */
  async write(place: FilePlace, octets: AsyncIterable<Uint8Array>, octetsMax: number): Promise<number> {
    const folder = this.#draftFolder(place);
    makeFolder(folder);
    const path = join(folder, place.attachment);
    const file = await open(`${path}.new`, "w", 0o600);
    try {
      let written = 0;
      for await (const chunk of octets) {
        written += chunk.length;
        if (written > octetsMax)
          throw new ApiError("too-large", `attachments may have ${MEGABYTES_MAX} MB together`, {
            reason: "attachments-too-large",
            values: { megabytes: MEGABYTES_MAX },
          });
        await file.writeFile(chunk);
      }
      await file.sync();
      await rename(`${path}.new`, path);
      return written;
    } catch (error) {
      await rm(`${path}.new`, { force: true });
      throw error;
    } finally {
      await file.close();
    }
  }

  /** Throws ApiError `not-found`. */
  async read(place: FilePlace): Promise<Buffer> {
    try {
      return await readFile(join(this.#draftFolder(place), place.attachment));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT")
        throw new ApiError("not-found", "an attachment is not there any more; remove it and add it again", {
          reason: "attachment-gone",
        });
      throw error;
    }
  }

  /** For another draft, under the same name. One that is not there any more is none there either, which sending says. */
  async copy(place: FilePlace, draft: string): Promise<void> {
    if (!(await this.has(place))) return;
    const octets = octetsOf(join(this.#draftFolder(place), place.attachment));
    await this.write({ ...place, draft }, octets, Number.MAX_SAFE_INTEGER);
  }

  async has(place: FilePlace): Promise<boolean> {
    return stat(join(this.#draftFolder(place), place.attachment)).then(
      () => true,
      () => false,
    );
  }

  /** Every draft that has a folder now, however many of its files are left. */
  list(): readonly Pick<FilePlace, "account" | "draft">[] {
    return folders(this.#folder).flatMap((account) =>
      folders(join(this.#folder, account)).map((draft) => ({ account, draft })),
    );
  }

  async remove(place: FilePlace): Promise<void> {
    await rm(join(this.#draftFolder(place), place.attachment), { force: true });
  }

  async removeAll(place: Pick<FilePlace, "account" | "draft">): Promise<void> {
    await rm(this.#draftFolder(place), { recursive: true, force: true });
  }

  /** Ids are of a pattern that has neither dots nor slashes; checked where requests come in. */
  #draftFolder({ account, draft }: Pick<FilePlace, "account" | "draft">): string {
    return join(this.#folder, account, draft);
  }
}

/** Opened once somebody reads it, and closed when they end. */
async function* octetsOf(path: string): AsyncGenerator<Uint8Array> {
  yield* createReadStream(path) as AsyncIterable<Uint8Array>;
}

function folders(path: string): readonly string[] {
  try {
    return readdirSync(path, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
}
