// The folders bodies/00 to bodies/ff, made when they are needed and durable before a file in them counts.
import { makeFolder, syncFolder } from "../../files/index.ts";

export class BodyFolders {
  readonly #parent: string;
  /** Folders whose own name is known to be durable, or is being made so. One that was there already may be a crash's leftover. */
  readonly #made = new Map<string, Promise<void>>();

  constructor(parent: string) {
    this.#parent = parent;
  }

  /** Resolves when the folder is there and will be after a power failure. */
  async make(folder: string): Promise<void> {
    let making = this.#made.get(folder);
    if (making === undefined) {
      making = this.#make(folder);
      this.#made.set(folder, making);
    }
    try {
      await making;
    } catch (error) {
      this.#made.delete(folder);
      throw error;
    }
  }

  async #make(folder: string): Promise<void> {
    makeFolder(folder);
    await syncFolder(this.#parent);
  }
}
