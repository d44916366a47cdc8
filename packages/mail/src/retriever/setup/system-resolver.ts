// Asks the DNS of this machine.
import { resolveSrv } from "node:dns/promises";
import type { MailResolver } from "./srv.ts";

/** There is no such record, or no such domain. */
const NONE: ReadonlySet<string> = new Set(["ENODATA", "ENOTFOUND"]);

export const SYSTEM_RESOLVER: MailResolver = {
  async srv(name) {
    try {
      return await resolveSrv(name);
    } catch (error) {
      if (NONE.has((error as NodeJS.ErrnoException).code ?? "")) return [];
      throw error;
    }
  },
};
