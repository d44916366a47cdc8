// Files of drafts go once nobody can want them: when the message is sent and filed, or forgotten, and, for what a process
// left that ended before it came to that, when the next one begins.
import { z } from "zod";
import type { Reading } from "../reading.ts";
import { accountId } from "../schema/mail.ts";
import { draftId } from "../schema/writing.ts";
import { DraftFiles, type FilePlace } from "./draft-files.ts";
import { Drafts } from "./drafts.ts";

const written = z.object({ id: draftId });
const withFiles = written.extend({ attachments: z.array(z.object({ id: z.string() })) });
/** Folders of anybody else are left alone. */
const folder = z.object({ account: accountId, draft: draftId });

/** Of what a message was written as; undefined for what was no draft. */
function draftIdOf(draft: unknown): string | undefined {
  return written.safeParse(draft).data?.id;
}

function mayHave(draft: unknown, place: FilePlace): boolean {
  if (draftIdOf(draft) !== place.draft) return false;
  const { data } = withFiles.safeParse(draft);
  return data === undefined || data.attachments.some(({ id }) => id === place.attachment);
}

export class SpentDrafts {
  readonly #reading: Reading;
  readonly #files: DraftFiles;
  readonly #drafts: Drafts;

  constructor(reading: Reading) {
    this.#reading = reading;
    this.#files = new DraftFiles(reading.house.writing.draftFolder);
    this.#drafts = new Drafts(reading.house.store.documents);
  }

  /**
   * Removes what earlier processes left, and from now on what is spent. What it looks at is there before the first request:
   * a draft that begins has files before anybody knows of it. Gives what ends it.
   */
  watch(): () => void {
    const { background, house } = this.#reading;
    const left = this.#files.list().filter((one) => folder.safeParse(one).success);
    background.start(async () => {
      for (const draft of left) await this.removeFiles(draft);
    });
    return house.writing.listenSpent(({ account, draft }) => {
      const id = draftIdOf(draft);
      if (id !== undefined) background.start(() => this.removeFiles({ account, draft: id }));
    });
  }

  /** Unless the draft is there, or a message that can be taken back was written as it. */
  async removeFiles(o: { readonly account: string; readonly draft: string }): Promise<void> {
    if (!(await this.#isWanted(o))) await this.#files.removeAll(o);
  }

  /** Of a draft that is there. Unless a message that can be taken back has it; then it goes with the others of the draft. */
  async removeFile(place: FilePlace): Promise<void> {
    const onTheirWay = await this.#reading.house.writing.outbox.writtenAs(place.account);
    if (onTheirWay?.some((one) => mayHave(one, place)) !== false) return;
    await this.#files.remove(place);
  }

  async #isWanted({ account, draft }: { readonly account: string; readonly draft: string }): Promise<boolean> {
    if (await this.#drafts.has(account, draft)) return true;
    const onTheirWay = await this.#reading.house.writing.outbox.writtenAs(account);
    // One that nobody can read may be of this draft.
    if (onTheirWay === undefined || onTheirWay.some((one) => draftIdOf(one) === draft)) return true;
    // It may have been taken back meanwhile.
    return this.#drafts.has(account, draft);
  }
}
