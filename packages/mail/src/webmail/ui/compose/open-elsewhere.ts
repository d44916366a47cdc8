// Which drafts are being written on in some window of this browser. A window holds a lock for as long as it does; the
// browser lets go of it when the window is closed or its process dies, so nothing is left behind by a crash.

const PREFIX = "restante.writing.";

/** Says that this window writes on the draft, until the function it gives is called. */
export function holdDraft(draft: string): () => void {
  let letGo = (): void => undefined;
  const done = new Promise<void>((resolve) => {
    letGo = resolve;
  });
  // Two windows may write on one draft: the server tells the second when it saves.
  void navigator.locks.request(PREFIX + draft, { mode: "shared" }, () => done);
  return letGo;
}

/** Resolves once no window writes on the draft: at once, or when the last of them ended, however it did. */
export async function untilNobodyWrites(draft: string): Promise<void> {
  await navigator.locks.request(PREFIX + draft, { mode: "exclusive" }, () => undefined);
}
