// What a person chose of the reader. Of the house: one person's mode has one person.
import type { ReaderHouse } from "../contract.ts";
import type { Reading } from "../reading.ts";
import { DEFAULT_SETTINGS } from "../schema/default-settings.ts";
import { settings as settingsSchema } from "../schema/settings.ts";
import type { ReaderSettings } from "../schema/index.ts";
import { present } from "./shown.ts";
import type { Some } from "./handler.ts";
import { changeTrust, readTrusted } from "./trusted.ts";

const KEY = { kind: "reader-settings", id: "settings" } as const;

export async function readSettings({ store }: Pick<ReaderHouse, "store">): Promise<ReaderSettings> {
  return known((await store.documents.get(KEY))?.value);
}

export function settingsHandlers(
  reading: Reading,
): Some<"settings" | "changeSettings" | "trusted" | "trust" | "distrust"> {
  const { documents } = reading.house.store;
  return {
    settings: () => readSettings(reading.house),
    async changeSettings(change) {
      for (;;) {
        const found = await documents.get(KEY);
        const fresh = { ...known(found?.value), ...present(change) };
        if ((await documents.put(KEY, fresh, { ifVersion: found?.version ?? 0 })) === "conflict") continue;
        reading.events.tell({ kind: "settings-changed" });
        return fresh;
      }
    },
    trusted: async () => ({ trusted: [...(await readTrusted(reading))] }),
    trust: async ({ trusted }) => ({ trusted: [...(await changeTrust(reading, trusted, "add"))] }),
    distrust: async ({ trusted }) => ({ trusted: [...(await changeTrust(reading, trusted, "remove"))] }),
  };
}

/** Written by another version: what it does not know begins anew, and the rest stays. */
function known(stored: unknown): ReaderSettings {
  const fields = new Map(Object.entries(stored ?? {}));
  const kept = Object.entries(settingsSchema.shape).flatMap(([name, field]) => {
    const checked = field.safeParse(fields.get(name));
    return checked.success ? [[name, checked.data] as const] : [];
  });
  return { ...DEFAULT_SETTINGS, ...Object.fromEntries(kept) };
}
