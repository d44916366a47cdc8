// One short message at a time, at the foot of the window; the newest takes the place of the one before.
import { useSyncExternalStore } from "react";

export const TOAST_MS = 10_000;

export interface Toast {
  readonly id: number;
  readonly text: string;
  readonly tone: "plain" | "trouble";
  /** Takes back what the toast tells of. */
  readonly undo?: () => void;
  /** Something else to do about it. */
  readonly does?: { readonly text: string; readonly run: () => void };
  /** Until somebody does something about it. */
  readonly stays?: boolean;
  /** When somebody sends it away, not when its time is over. */
  readonly onDismiss?: () => void;
  /** When it is gone and was not taken back: its time is over, somebody sent it away, or another took its place. */
  readonly onGone?: () => void;
}

let current: Toast | null = null;
let lastId = 0;
const listeners = new Set<() => void>();

export function showToast(toast: Omit<Toast, "id">): void {
  showNamedToast(toast);
}

/** Gives what `dismissToast` takes. */
export function showNamedToast(toast: Omit<Toast, "id">): number {
  lastId += 1;
  const id = lastId;
  replace({ ...toast, id });
  return id;
}

/** Takes it away, unless another has come since. */
export function dismissToast(id: number): void {
  if (current?.id === id) replace(null);
}

/** Takes back what the toast that is shown tells of; false when there is nothing to take back. */
export function undoLast(): boolean {
  const toast = current;
  if (toast?.undo === undefined) return false;
  set(null);
  toast.undo();
  return true;
}

export function useToast(): Toast | null {
  return useSyncExternalStore(subscribe, () => current);
}

/** What was shown can be taken back no more. */
function replace(toast: Toast | null): void {
  const before = current;
  set(toast);
  before?.onGone?.();
}

function set(toast: Toast | null): void {
  current = toast;
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
