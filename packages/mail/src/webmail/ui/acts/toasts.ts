// One short message at a time, at the foot of the window; the newest takes the place of the one before. What can be taken
// back still can when its toast is gone: for the ten seconds it was promised, or longer where that is harmless.
import { useSyncExternalStore } from "react";

export const TOAST_MS = 10_000;
/** The API keeps what takes acts back for 20 minutes: what is offered here is not refused there. */
const LONG_MS = 15 * 60_000;
const UNDOABLE_MAX = 50;

export interface Toast {
  readonly id: number;
  readonly text: string;
  readonly tone: "plain" | "trouble";
  /** Takes back what the toast tells of. */
  readonly undo?: () => void;
  /** Nothing waits for it to be too late, so it is not too late after ten seconds. */
  readonly isUndoneLong?: boolean;
  /** It tells of an act that found everything so already. */
  readonly changedNothing?: boolean;
  /** It tells of an act that nothing takes back. */
  readonly isFinal?: boolean;
  /** Something else to do about it. */
  readonly does?: { readonly text: string; readonly run: () => void };
  /** Until somebody does something about it. */
  readonly stays?: boolean;
  /** When somebody sends it away, not when its time is over. */
  readonly onDismiss?: () => void;
  /** When it cannot be taken back any more: its time is over, or somebody sent it away. */
  readonly onGone?: () => void;
}

interface Undoable {
  readonly toast: Toast;
  /** Milliseconds since the epoch. */
  readonly until: number;
  readonly timer?: ReturnType<typeof setTimeout>;
}

let current: Toast | null = null;
let shownAt = 0;
let lastId = 0;
/** No longer shown; the newest comes last. */
let undoable: readonly Undoable[] = [];
/** What cannot be taken back, any more or at all: the newest of it. */
let lost: { readonly toast: Toast; readonly at: number } | null = null;
const listeners = new Set<() => void>();

export function showToast(toast: Omit<Toast, "id">): void {
  showNamedToast(toast);
}

/** Gives what `dismissToast` takes. */
export function showNamedToast(toast: Omit<Toast, "id">): number {
  lastId += 1;
  const id = lastId;
  const before = current;
  const beforeAt = shownAt;
  shownAt = Date.now();
  set({ ...toast, id });
  if (toast.isFinal === true) lose({ ...toast, id }, shownAt);
  if (before !== null) keep(before, beforeAt, TOAST_MS);
  return id;
}

/** Takes it away, whether it is shown or not. */
export function dismissToast(id: number): void {
  const toast = current;
  if (toast?.id === id) {
    set(null);
    keep(toast, shownAt, 0);
    return;
  }
  const found = undoable.find((one) => one.toast.id === id);
  if (found !== undefined) drop(found);
}

/** What became of a wish to take something back; the texts are those of the toasts that told of it. */
export type Undone =
  | { readonly kind: "undone"; readonly what: string }
  /** It was done last, and a moment too long ago. `next`: what the same wish takes back when it comes again. */
  | { readonly kind: "too-late"; readonly what: string; readonly next: string | undefined }
  /** It was done last, and nothing takes it back. `next`: as above. */
  | { readonly kind: "final"; readonly what: string; readonly next: string | undefined }
  /** What was done last changed nothing. `next`: as above. */
  | { readonly kind: "nothing"; readonly next: string };

/**
 * Takes back what was done last and was not taken back yet; undefined when there is nothing. Whoever presses the key a moment
 * too late, or after an act that changed nothing or that is final, means that: what was done before is left alone, until it is
 * pressed again.
 */
export function undoLast(): Undone | undefined {
  if (current?.undo !== undefined) {
    const toast = current;
    set(null);
    return takeBack(toast);
  }
  dropExpired();
  const newest = undoable.at(-1);
  if (current?.changedNothing === true && newest !== undefined) {
    set(null);
    return { kind: "nothing", next: newest.toast.text };
  }
  const last = lost;
  lost = null;
  // What nothing takes back is the last that was done for as long as nothing else is.
  const isMeant = last !== null && (last.toast.isFinal === true || last.at > Date.now() - TOAST_MS);
  if (isMeant && last.toast.id > (newest?.toast.id ?? 0)) {
    const { text, isFinal } = last.toast;
    return { kind: isFinal === true ? "final" : "too-late", what: text, next: newest?.toast.text };
  }
  if (newest === undefined) return undefined;
  undoable = undoable.slice(0, -1);
  clearTimeout(newest.timer);
  return takeBack(newest.toast);
}

/** Takes back what this toast told of, shown or not; nothing when it was taken back, or it is too late. */
export function undoNamed(id: number): void {
  if (current?.id === id) {
    const toast = current;
    set(null);
    takeBack(toast);
    return;
  }
  const found = undoable.find(({ toast }) => toast.id === id);
  if (found === undefined) return;
  undoable = undoable.filter((one) => one !== found);
  clearTimeout(found.timer);
  takeBack(found.toast);
}

function takeBack({ text, undo }: Toast): Undone {
  undo?.();
  return { kind: "undone", what: text };
}

const shown = (): Toast | null => current;

export function useToast(): Toast | null {
  return useSyncExternalStore(subscribe, shown, shown);
}

/** What is shown no more can be taken back for the rest of `forMs`, or longer where that is harmless. */
function keep(toast: Toast, since: number, forMs: number): void {
  const until = since + (toast.isUndoneLong === true ? LONG_MS : forMs);
  const leftMs = until - Date.now();
  if (toast.undo === undefined || leftMs <= 0) {
    if (toast.undo !== undefined) lose(toast, Date.now());
    toast.onGone?.();
    return;
  }
  const entry: Undoable = {
    toast,
    until,
    // What waits for it to be too late is not to wait for the next key.
    ...(toast.onGone === undefined ? {} : { timer: setTimeout(() => drop(entry), leftMs) }),
  };
  undoable = [...undoable, entry];
  const [oldest] = undoable;
  if (oldest !== undefined && undoable.length > UNDOABLE_MAX) drop(oldest);
}

/** Those whose time went by without a timer. */
function dropExpired(): void {
  const now = Date.now();
  for (const { toast, until } of undoable) if (until <= now) lose(toast, until);
  undoable = undoable.filter(({ until }) => until > now);
}

function lose(toast: Toast, at: number): void {
  if (lost === null || lost.toast.id < toast.id) lost = { toast, at };
}

function drop(entry: Undoable): void {
  clearTimeout(entry.timer);
  undoable = undoable.filter((one) => one !== entry);
  lose(entry.toast, Date.now());
  entry.toast.onGone?.();
}

function set(toast: Toast | null): void {
  current = toast;
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
