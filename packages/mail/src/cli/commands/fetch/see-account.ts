// Whether the account that mail is to be collected into is there: a name that was typed wrong would be found out by the
// first run, at night.
import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Config } from "../../../config/index.ts";
import { CliError, codeOf } from "../../failure.ts";
import { warn, type Io } from "../../io.ts";

const NAMES_TOLD = 10;
/** How a login or an address is refused that leads to nobody. */
const NOBODY: ReadonlySet<string> = new Set(["no-such-account", "no-such-user", "not-our-domain", "bad-address"]);

/** Says so where there is no store yet that could be asked. Throws CliError `no-such-account`, and what reaching the store throws. */
export async function seeAccount(login: string, { config, io }: { readonly config: Config; readonly io: Io }) {
  if (!existsSync(join(config.dataDir, "mail.db"))) {
    const text = `there is no mail in ${config.dataDir} yet, so that nobody knows the account ${login}`;
    return warn(io, `warning: ${text}; restante account add NAME makes one`);
  }
  const { reachOffice } = await import("../../../office/index.ts");
  const caller = await reachOffice({ config });
  try {
    // Logins and addresses, as a run takes them.
    await caller.call("fetch.account", { login });
  } catch (error) {
    if (!NOBODY.has(codeOf(error))) throw error;
    const names = (await caller.call("account.list", {})).map(({ name }) => name);
    throw new CliError("no-such-account", `there is no account ${JSON.stringify(login)} here; ${nextStep(names)}`, {
      cause: error,
    });
  } finally {
    await caller.close();
  }
}

function nextStep(names: readonly string[]): string {
  if (names.length === 0) return "restante account add NAME makes one";
  const more = names.length - NAMES_TOLD;
  const known = `${names.slice(0, NAMES_TOLD).join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
  return `write ${known}, or make another with restante account add NAME`;
}
