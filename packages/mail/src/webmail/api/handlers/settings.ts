// What a person chose of the reader. Of the house: one person's mode has one person.
import type { Reading } from "../reading.ts";
import { settings as settingsSchema } from "../schema/settings.ts";
import type { ReaderSettings } from "../schema/index.ts";
import { present } from "./shown.ts";
import type { Some } from "./handler.ts";
import { changeTrust, readTrusted } from "./trusted.ts";

const KEY = { kind: "reader-settings", id: "settings" } as const;

export function settingsHandlers(
  reading: Reading,
): Some<"settings" | "changeSettings" | "trusted" | "trust" | "distrust"> {
  const read = async (): Promise<ReaderSettings> => {
    const { documents } = reading.house.store;
    const checked = settingsSchema.safeParse((await documents.get(KEY))?.value ?? {});
    // Written by another version: what it knows no more begins anew.
    return checked.success ? checked.data : settingsSchema.parse({});
  };
  return {
    settings: read,
    async changeSettings(change) {
      const fresh = { ...(await read()), ...present(change) };
      await reading.house.store.documents.put(KEY, fresh);
      reading.events.tell({ kind: "settings-changed" });
      return fresh;
    },
    trusted: async () => ({ trusted: [...(await readTrusted(reading))] }),
    async trust(row) {
      await changeTrust(reading, row, "add");
      return {};
    },
    async distrust(row) {
      await changeTrust(reading, row, "remove");
      return {};
    },
  };
}
