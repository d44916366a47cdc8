import type { Draft } from "../../api/schema/index.ts";
import { call } from "../data/call.ts";

/** Of a draft that was begun for a window and never written on, nothing stays on the server, if anything is there. */
export function forgetBegun({ account, id, version }: Draft): void {
  if (version > 0) void call("removeDraft", { account, draft: id, version }).catch(() => undefined);
}
