// Attachments that were taken off a draft. The server takes one off only when its undo is gone, or when the draft is sent or
// closed: until then nothing has to be uploaded again.
import { dismissToast, showNamedToast } from "../acts/toasts.ts";

interface Removal {
  /** Tells of it, beside the undo. */
  readonly text: string;
  /** Takes it off on the server; says by itself what went wrong. */
  readonly remove: () => Promise<unknown>;
  /** Shows it again. */
  readonly bringBack: () => void;
}

export class Removals {
  /** The toasts that offer to undo those that wait, by attachment. */
  readonly #waiting = new Map<string, number>();

  add(attachment: string, { text, remove, bringBack }: Removal): void {
    const toast = showNamedToast({
      text,
      tone: "plain",
      undo: () => {
        this.#waiting.delete(attachment);
        bringBack();
      },
      onGone: () => {
        if (this.#waiting.delete(attachment)) void remove();
      },
    });
    this.#waiting.set(attachment, toast);
  }

  has(attachment: string): boolean {
    return this.#waiting.has(attachment);
  }

  /** None that waits is carried out. */
  drop(): void {
    const toasts = [...this.#waiting.values()];
    this.#waiting.clear();
    for (const toast of toasts) dismissToast(toast);
  }

  /** Without waiting any longer. */
  carryOut(): void {
    for (const toast of this.#waiting.values()) dismissToast(toast);
  }
}
