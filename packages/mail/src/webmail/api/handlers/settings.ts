// What a person chose of the reader. Of the house: one person's mode has one person.
import type { ReaderHouse } from "../contract.ts";
import type { Reading } from "../reading.ts";
import { settings as settingsSchema } from "../schema/settings.ts";
import type { ReaderSettings } from "../schema/index.ts";
import { present } from "./shown.ts";
import type { Some } from "./handler.ts";
import { changeTrust, readTrusted } from "./trusted.ts";

const KEY = { kind: "reader-settings", id: "settings" } as const;

export async function readSettings({ store }: Pick<ReaderHouse, "store">): Promise<ReaderSettings> {
  const checked = settingsSchema.safeParse((await store.documents.get(KEY))?.value ?? {});
  // Written by another version: what it knows no more begins anew.
  return checked.success ? checked.data : settingsSchema.parse({});
}

export function settingsHandlers(
  reading: Reading,
): Some<"settings" | "changeSettings" | "trusted" | "trust" | "distrust"> {
  const read = (): Promise<ReaderSettings> => readSettings(reading.house);
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
