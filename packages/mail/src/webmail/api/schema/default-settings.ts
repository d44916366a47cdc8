// What holds until a person chose otherwise. Browsers load this too, so nothing is imported that they would have to load.
import type { ReaderSettings } from "./settings.ts";

export const DEFAULT_SETTINGS: ReaderSettings = {
  theme: "system",
  layout: "three-panes",
  density: "normal",
  conversations: true,
  newestFirst: true,
  keyboard: "on",
  bodyTheme: "as-sent",
  notify: false,
  markReadAfterMs: 0,
  language: "en",
};
