// What changes many messages can fail half way: what it had begun by then is told with what takes that back.
import { ApiError, refusalOf } from "./api-error.ts";
import type { Reading } from "./reading.ts";
import type { Undoable } from "./undo-log.ts";

/** Told of messages as soon as a part of the change is done to them. */
export type OnBegun = (account: string, messageIds: readonly number[]) => void;

/**
 * Gives what takes the change back; null when there was nothing to change. Rejects as the change does, with what takes back
 * the part that was done.
 */
export async function undoable(
  reading: Reading,
  { before, touched }: Undoable,
  change: (onBegun: OnBegun) => Promise<void>,
): Promise<string | null> {
  const begun = new Set<string>();
  const accounts = (): ReadonlySet<string> => new Set(before.map(({ account }) => account));
  try {
    await change((account, some) => {
      for (const messageId of some) begun.add(`${account}/${messageId}`);
    });
  } catch (error) {
    const changed = before.filter(({ account, messageId }) => begun.has(`${account}/${messageId}`));
    if (changed.length === 0) throw error;
    await reading.caughtUp(...new Set(changed.map(({ account }) => account)));
    throw withUndo(error, reading.undo.add({ before: changed, touched }));
  }
  await reading.caughtUp(...accounts());
  return before.length === 0 ? null : reading.undo.add({ before, touched });
}

function withUndo(error: unknown, undo: string): ApiError {
  const { code, message, reason, values } = refusalOf(error);
  const said = reason === undefined ? {} : { reason, values };
  return new ApiError(code, `${message}; part of it was done before that`, { cause: error, ...said, undo });
}
