// The reader with mails made to do harm in its inbox, and all that tells when one of them got through.
import { readFileSync } from "node:fs";
import type { Page } from "playwright-core";
import { mails } from "../../message/corpus.ts";
import { type Canary, openCanary } from "./canary.ts";
import { deliverMails, type Delivered } from "./delivered.ts";
import { openReader, type Reader, setUp } from "./set-up.ts";

interface Checked {
  readonly file: string;
  readonly checks: readonly string[];
}

const INDEX = JSON.parse(
  readFileSync(new URL("../../fixtures/hostile/index.json", import.meta.url), "utf8"),
) as readonly Checked[];
/** What each file is to be held to, by its name. */
export const CHECKS = new Map(INDEX.map(({ file, checks }) => [file, new Set(checks)]));

export interface HostileReader extends Reader {
  readonly canary: Canary;
  readonly delivered: readonly Delivered[];
  readonly dialogs: readonly string[];
  /** What the browser complained of: something was refused that should not have been there to be asked for. */
  readonly complaints: string[];
  /** The mail whose file's name begins with it: "h42". */
  of(id: string): Delivered;
  listenTo(page: Page): void;
}

/** Opened before the first test of a file; with those whose files' names begin with one of `ids`, or with all there are. */
export function openHostile(ids?: readonly string[]): () => HostileReader {
  let opened: HostileReader | undefined;
  setUp(async (file) => {
    const canary = await openCanary(file);
    const reader = await openReader(file, { browser: canary.browser });
    const dialogs: string[] = [];
    const complaints: string[] = [];
    const listenTo = (page: Page): void => {
      page.on("dialog", (dialog) => {
        dialogs.push(dialog.message());
        void dialog.dismiss();
      });
      page.on("console", (message) => {
        // A body that took a busy machine too long is shown as its text, and the browser says so.
        if (message.type() === "error" && !/status of 50[34]/.test(message.text())) complaints.push(message.text());
      });
      page.on("pageerror", (error) => complaints.push(error.message));
    };
    listenTo(reader.page);
    const wanted = mails("hostile").filter(({ file }) => ids?.some((id) => file.startsWith(`${id}-`)) ?? true);
    const delivered = await deliverMails(reader, wanted);
    const of = (id: string): Delivered => {
      const found = delivered.find(({ mail }) => mail.file.startsWith(`${id}-`));
      if (found === undefined) throw new Error(`no mail ${id}`);
      return found;
    };
    opened = { ...reader, canary, delivered, dialogs, complaints, of, listenTo };
  });
  return () => {
    if (opened === undefined) throw new Error("the reader is opened before the first test");
    return opened;
  };
}

/** What the reader itself is told. */
export async function asked<T>(page: Page, path: string): Promise<T> {
  return (await page.evaluate(`fetch(${JSON.stringify(path)}).then((answer) => answer.json())`)) as T;
}
