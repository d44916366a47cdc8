// Of a message on its way out: who has it, who perhaps, and who not. Nobody is said to lack what they may have.
import type { OutboxRow } from "../../api/schema/index.ts";

export interface WhoHasIt {
  readonly have: readonly string[];
  /** The connection ended while a server was taking it for them. */
  readonly perhaps: readonly string[];
  readonly lack: readonly string[];
}

export function whoHasIt({
  to,
  taken: have,
  refused,
  isMaybeSent,
}: Pick<OutboxRow, "to" | "taken" | "refused" | "isMaybeSent">): WhoHasIt {
  const others = to.filter((address) => !have.includes(address));
  if (!isMaybeSent) return { have, perhaps: [], lack: others };
  const lack = others.filter((address) => refused.some((one) => one.address === address));
  return { have, perhaps: others.filter((address) => !lack.includes(address)), lack };
}
