// How a session ends that removes nothing. At QUIT a server may remove whatever was retrieved (RFC 2449 §6.7), and some do
// that do not say so; without QUIT none does (RFC 1939 §6). So QUIT is said only when all that came is here for good.
import type { RemoteMaildrop } from "../remote/maildrop.ts";

/** Whether QUIT takes nothing that is nowhere else, whatever the server says of EXPIRE. `here`: numbers of messages that are safely here. */
export function mayQuit(
  { retrieved }: Pick<RemoteMaildrop, "retrieved">,
  here: ReadonlySet<number> = new Set(),
): boolean {
  return [...retrieved].every((n) => here.has(n));
}

/** RSET before QUIT: servers that remove what was retrieved are told that nothing is to be removed. Not all of them listen. */
export async function leave(maildrop: RemoteMaildrop, here?: ReadonlySet<number>): Promise<void> {
  if (mayQuit(maildrop, here)) await maildrop.rollback();
  else maildrop.hangUp();
}
