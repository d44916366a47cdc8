// What changes many messages can fail half way: what it had begun by then is told with what takes that back.
import { ApiError, refusalOf } from "./api-error.ts";
import type { MessageBefore } from "./places.ts";
import type { Reading } from "./reading.ts";
import type { Done } from "./undo-log.ts";

/** Told of messages as soon as a part of the change is done to them. */
export type OnBegun = (account: string, messageIds: readonly number[]) => void;

/**
 * Gives what takes the change back; null when there was nothing to change. Rejects as the change does, with what takes back
 * the part that was done.
 */
export async function undoable(
  reading: Reading,
  done: readonly Done[],
  change: (onBegun: OnBegun) => Promise<void>,
): Promise<string | null> {
  const begun = new Set<string>();
  try {
    await change((account, some) => {
      for (const messageId of some) begun.add(`${account}/${messageId}`);
    });
  } catch (error) {
    const isBegun = ({ account, messageId }: MessageBefore): boolean => begun.has(`${account}/${messageId}`);
    const part = withMessages(done.map((one) => ({ ...one, before: one.before.filter(isBegun) })));
    if (part.length === 0) throw error;
    await reading.caughtUp(...accountsOf(part));
    throw withUndo(error, reading.undo.add(part));
  }
  const all = withMessages(done);
  await reading.caughtUp(...accountsOf(all));
  return all.length === 0 ? null : reading.undo.add(all);
}

function withMessages(done: readonly Done[]): readonly Done[] {
  return done.filter(({ before }) => before.length > 0);
}

function accountsOf(done: readonly Done[]): ReadonlySet<string> {
  return new Set(done.map(({ account }) => account));
}

function withUndo(error: unknown, undo: string): ApiError {
  const { code, message, reason, values } = refusalOf(error);
  const said = reason === undefined ? {} : { reason, values };
  return new ApiError(code, `${message}; part of it was done before that`, { cause: error, ...said, undo });
}
