// The names of the Maildir flags a to z, in the file where Dovecot keeps them.
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { syncFolder } from "../../files/index.ts";
import { isMissing, writeDurably } from "./durable-files.ts";

const NAME = "dovecot-keywords";
const LETTERS = 26;

/** Gives each keyword a letter, and writes its name down before a message uses it. */
export class KeywordFile {
  readonly #folder: string;
  readonly #names: Map<number, string>;
  #writing: Promise<void> = Promise.resolve();

  private constructor(folder: string, names: Map<number, string>) {
    this.#folder = folder;
    this.#names = names;
  }

  static async open(folder: string): Promise<KeywordFile> {
    const lines = (await readIfThere(join(folder, NAME))).matchAll(/^([0-9]{1,2}) (\S+)$/gm);
    return new KeywordFile(folder, new Map([...lines].map(([, index, name]) => [Number(index), name ?? ""])));
  }

  /** Letters for `keywords`; those beyond the 26th have none, the format has no room for them. */
  async lettersOf(keywords: readonly string[]): Promise<string> {
    const indexes = keywords.flatMap((keyword) => this.#indexOf(keyword) ?? []);
    await this.#writing;
    return indexes
      .map((index) => String.fromCharCode(97 + index))
      .sort()
      .join("");
  }

  #indexOf(keyword: string): number | undefined {
    for (const [index, name] of this.#names) if (name === keyword) return index;
    for (let index = 0; index < LETTERS; index += 1) {
      if (this.#names.has(index)) continue;
      this.#names.set(index, keyword);
      this.#writing = this.#writing.then(() => this.#write());
      return index;
    }
    return undefined;
  }

  async #write(): Promise<void> {
    const text = [...this.#names]
      .sort(([a], [b]) => a - b)
      .map(([index, name]) => `${index} ${name}\n`)
      .join("");
    const path = join(this.#folder, NAME);
    await writeDurably({ temporary: `${path}.tmp`, path, write: async (file) => void (await file.writeFile(text)) });
    await syncFolder(this.#folder);
  }
}

async function readIfThere(path: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    if (isMissing(error)) return "";
    throw error;
  }
}
