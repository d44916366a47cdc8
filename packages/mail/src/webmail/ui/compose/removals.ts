// Attachments that were taken off a draft. The server takes one off only when its undo has run out, or when the draft is
// sent or closed: until then nothing has to be uploaded again.
import { dismissToast, showNamedToast, TOAST_MS } from "../acts/toasts.ts";

interface Removal {
  /** Tells of it, beside the undo. */
  readonly text: string;
  /** Takes it off on the server; says by itself what went wrong. */
  readonly remove: () => Promise<unknown>;
  /** Shows it again. */
  readonly bringBack: () => void;
}

export class Removals {
  /** What carries out each that waits, by attachment. */
  readonly #waiting = new Map<string, () => void>();

  add(attachment: string, { text, remove, bringBack }: Removal): void {
    const carryOut = (): void => {
      this.#waiting.delete(attachment);
      clearTimeout(timer);
      dismissToast(toast);
      void remove();
    };
    const timer = setTimeout(carryOut, TOAST_MS);
    const toast = showNamedToast({
      text,
      tone: "plain",
      undo: () => {
        // Too late is what was carried out meanwhile.
        if (!this.#waiting.delete(attachment)) return;
        clearTimeout(timer);
        bringBack();
      },
    });
    this.#waiting.set(attachment, carryOut);
  }

  has(attachment: string): boolean {
    return this.#waiting.has(attachment);
  }

  /** Without waiting any longer. */
  carryOut(): void {
    for (const one of this.#waiting.values()) one();
  }
}
