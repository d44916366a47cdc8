// Runs something with a caller and closes it whatever happens.
import { reachOffice, type Caller } from "../office/index.ts";
import type { OptionValues } from "./command.ts";
import type { Io } from "./io.ts";
import { loadSettings } from "./settings.ts";

/** `create`: make the store when there is none. */
export async function withOffice<T>(
  o: { readonly values: OptionValues; readonly io: Io; readonly create?: boolean },
  run: (caller: Caller) => Promise<T>,
): Promise<T> {
  const { config } = loadSettings(o.values, o.io);
  const caller = await reachOffice({ config, create: o.create === true });
  try {
    return await run(caller);
  } finally {
    await caller.close();
  }
}
