// What changes many messages can fail half way: what it had begun by then is told with what takes that back.
import { ApiError, refusalOf } from "./api-error.ts";
import { isChangedBy, type MessageBefore } from "./places.ts";
import type { Turn } from "./reading.ts";
import type { Acted } from "./schema/index.ts";
import type { Done } from "./undo-log.ts";

/** Told of messages as soon as a part of the change is done to them, and of all it is done to. */
export type OnBegun = (account: string, messageIds: readonly number[]) => void;

/**
 * Gives to how many messages the change was done that were not so already, and what takes it back; null when to none.
 * Rejects as the change does, with what takes back the part that was done.
 */
export async function undoable(
  { undo, touched }: Turn,
  done: readonly Done[],
  change: (onBegun: OnBegun) => Promise<void>,
): Promise<Acted> {
  const real = only(done, (was, { change: to }) => isChangedBy(was, to));
  const begun = new Set<string>();
  const reached = (): readonly Done[] => only(real, ({ account, messageId }) => begun.has(`${account}/${messageId}`));
  try {
    await change((account, some) => {
      touched.add(account);
      for (const messageId of some) begun.add(`${account}/${messageId}`);
    });
  } catch (error) {
    const part = reached();
    if (part.length === 0) throw error;
    throw withUndo(error, undo.add(part));
  }
  const all = reached();
  const changed = all.reduce((sum, { before }) => sum + before.length, 0);
  return { changed, undo: changed === 0 ? null : undo.add(all) };
}

/** Without what is left with no message. */
function only(done: readonly Done[], isMeant: (was: MessageBefore, one: Done) => boolean): readonly Done[] {
  return done
    .map((one) => ({ ...one, before: one.before.filter((was) => isMeant(was, one)) }))
    .filter(({ before }) => before.length > 0);
}

function withUndo(error: unknown, undo: string): ApiError {
  const { code, message, reason, values } = refusalOf(error);
  const said = reason === undefined ? {} : { reason, values };
  return new ApiError(code, `${message}; part of it was done before that`, { cause: error, ...said, undo });
}
