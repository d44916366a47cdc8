// What was taken away one by one and can be brought back: files of a draft, addresses. The server is asked only when the
// undo is gone, or when whoever shows it waits no longer: until then nothing has to be made again.
import { dismissToast, showNamedToast } from "./toasts.ts";

interface Removal {
  /** Tells of it, beside the undo. */
  readonly text: string;
  /** Takes it away on the server; says by itself what went wrong. */
  readonly remove: () => Promise<unknown>;
  /** Shows it again. */
  readonly bringBack: () => void;
}

export class Removals {
  /** Those that wait, with the toast that offers to undo each, by what was taken away. */
  readonly #waiting = new Map<string, { readonly toast: number; readonly bringBack: () => void }>();
  readonly #underWay = new Map<string, Promise<unknown>>();

  add(name: string, { text, remove, bringBack }: Removal): void {
    const toast = showNamedToast({
      text,
      tone: "plain",
      undo: () => {
        this.#waiting.delete(name);
        bringBack();
      },
      onGone: () => {
        if (!this.#waiting.delete(name)) return;
        const underWay = remove().finally(() => {
          if (this.#underWay.get(name) === underWay) this.#underWay.delete(name);
        });
        this.#underWay.set(name, underWay);
      },
    });
    this.#waiting.set(name, { toast, bringBack });
  }

  has(name: string): boolean {
    return this.#waiting.has(name);
  }

  /** For what is made again: a removal that waits is undone, one that is under way has ended when this resolves. */
  async restore(name: string): Promise<void> {
    const found = this.#waiting.get(name);
    this.#waiting.delete(name);
    if (found !== undefined) {
      dismissToast(found.toast);
      found.bringBack();
    }
    await this.#underWay.get(name);
  }

  /** None that waits is carried out. */
  drop(): void {
    const dropped = [...this.#waiting.values()];
    this.#waiting.clear();
    for (const { toast } of dropped) dismissToast(toast);
  }

  /** Without waiting any longer. */
  carryOut(): void {
    for (const { toast } of this.#waiting.values()) dismissToast(toast);
  }
}
