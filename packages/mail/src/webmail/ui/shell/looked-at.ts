// Whether somebody looks at the reader, in whichever of a browser's tabs. A tab that is seen holds a lock, which the
// browser takes back from one that is closed or dies.

const NAME = "restante-looked-at";
const SHARED = { mode: "shared" } as const;

/** Calls `onLook` here whenever somebody begins to look at some tab, until the function it gives is called. */
export function watchLooks(onLook: () => void): () => void {
  const mayShare = "locks" in navigator && "BroadcastChannel" in globalThis;
  const channel = mayShare ? new BroadcastChannel(NAME) : undefined;
  let letGo: (() => void) | undefined;
  const hide = (): void => {
    letGo?.();
    letGo = undefined;
  };
  const look = (): void => {
    if (document.hidden) return hide();
    onLook();
    channel?.postMessage(null);
    if (!mayShare || letGo !== undefined) return;
    const hidden = new Promise<void>((resolve) => {
      letGo = resolve;
    });
    void navigator.locks.request(NAME, SHARED, () => hidden).catch(() => undefined);
  };
  channel?.addEventListener("message", onLook);
  document.addEventListener("visibilitychange", look);
  look();
  return () => {
    document.removeEventListener("visibilitychange", look);
    channel?.close();
    hide();
  };
}

/** Whether somebody looks at some tab at this moment. */
export async function isLookedAt(): Promise<boolean> {
  if (!document.hidden || !("locks" in navigator)) return !document.hidden;
  const { held = [] } = await navigator.locks.query().catch(() => ({ held: [] }));
  return held.some(({ name }) => name === NAME);
}
