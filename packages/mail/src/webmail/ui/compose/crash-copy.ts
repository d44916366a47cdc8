// A copy of what is written, in this browser, for as long as the server has not said that it has it.
import type { DraftFields } from "../../api/schema/index.ts";

const PREFIX = "restante.writing.";
/** Older ones are of no use to anybody. */
const KEPT_MS = 30 * 86_400_000;

export interface CrashCopy {
  readonly account: string;
  readonly draft: string;
  /** The version on the server that was written on; 0 when there was none. */
  readonly version: number;
  readonly at: number;
  readonly fields: DraftFields;
}

/** False when the storage is full or forbidden, which takes nothing away: the server gets it a moment later. */
export function keepCopy(copy: CrashCopy): boolean {
  try {
    localStorage.setItem(PREFIX + copy.draft, JSON.stringify(copy));
    return true;
  } catch {
    return false;
  }
}

/**
 * For a draft that is made anew. What the server had and has no more may come back there, when its sending is undone in
 * another window: that one has the id, and this one gets an id of its own.
 */
export function copyAnew(copy: CrashCopy): CrashCopy {
  const anew = { ...copy, draft: crypto.randomUUID(), version: 0 };
  if (keepCopy(anew)) dropCopy(copy.draft);
  return anew;
}

export function dropCopy(draft: string): void {
  localStorage.removeItem(PREFIX + draft);
}

/** Unless somebody has written on it since. */
export function dropCopyAsItWas({ draft, at }: CrashCopy): void {
  if (copyOf(draft)?.at === at) dropCopy(draft);
}

/** What was written here and never reached the server, newest first. */
export function leftCopies(now: number): readonly CrashCopy[] {
  const copies: CrashCopy[] = [];
  for (const key of Object.keys(localStorage).filter((name) => name.startsWith(PREFIX))) {
    const copy = readCopy(localStorage.getItem(key));
    if (copy === undefined || now - copy.at > KEPT_MS) localStorage.removeItem(key);
    else copies.push(copy);
  }
  return copies.toSorted((a, b) => b.at - a.at);
}

/** What is there of it now; undefined once the server has it, or somebody threw it away. */
export function copyOf(draft: string): CrashCopy | undefined {
  return readCopy(localStorage.getItem(PREFIX + draft));
}

function readCopy(text: string | null): CrashCopy | undefined {
  try {
    const copy = JSON.parse(text ?? "") as Partial<CrashCopy>;
    const isWhole =
      typeof copy.account === "string" && typeof copy.draft === "string" && typeof copy.fields?.text === "string";
    return isWhole ? (copy as CrashCopy) : undefined;
  } catch {
    return undefined;
  }
}
