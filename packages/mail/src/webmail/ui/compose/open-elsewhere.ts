// Which drafts are being written on in some window of this browser. A window holds a lock for as long as it does; the
// browser lets go of it when the window is closed or its process dies, so nothing is left behind by a crash.

const PREFIX = "restante.writing.";
/** Those this page writes on. */
const writtenHere = new Map<string, Promise<void>>();

/** Says that this window writes on the draft, until the function it gives is called. */
export function holdDraft(draft: string): () => void {
  let letGo = (): void => undefined;
  const done = new Promise<void>((resolve) => {
    letGo = resolve;
  });
  // Two windows may write on one draft: the server tells the second when it saves.
  void navigator.locks.request(PREFIX + draft, { mode: "shared" }, () => done);
  const all = Promise.all([writtenHere.get(draft), done]).then(() => {
    if (writtenHere.get(draft) === all) writtenHere.delete(draft);
  });
  writtenHere.set(draft, all);
  return letGo;
}

/** Resolves once this page writes on the draft no more; of other windows it says nothing. */
export async function untilThisPageLetGo(draft: string): Promise<void> {
  await writtenHere.get(draft);
}

/** Resolves once no window writes on the draft: at once, or when the last of them ended, however it did. */
export async function untilNobodyWrites(draft: string): Promise<void> {
  await navigator.locks.request(PREFIX + draft, { mode: "exclusive" }, () => undefined);
}

/** Whether some window writes on the draft at this moment. */
export async function isBeingWritten(draft: string): Promise<boolean> {
  const { held = [] } = await navigator.locks.query();
  return held.some(({ name, mode }) => name === PREFIX + draft && mode === "shared");
}
