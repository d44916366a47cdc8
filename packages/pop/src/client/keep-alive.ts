// NOOP in the pauses: many servers hang up on a session that was silent for a minute (P3-C-104).

export interface KeepAliveOptions {
  readonly everyMs: number;
  /** Nothing is being said. */
  readonly isQuiet: () => boolean;
  readonly sayNoop: () => Promise<void>;
}

export function keepAlive({ everyMs, isQuiet, sayNoop }: KeepAliveOptions): Disposable {
  const timer = setInterval(() => {
    // Its failure ends the session, which tells everybody.
    if (isQuiet()) sayNoop().catch(nothing);
  }, everyMs);
  timer.unref();
  return { [Symbol.dispose]: () => clearInterval(timer) };
}

function nothing(): void {}
