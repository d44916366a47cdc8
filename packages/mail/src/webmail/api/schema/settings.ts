// What a person chose of the reader. Kept in the store, so it is the same in every browser. No field has a default here: a
// change names some of them, and the others stay as they are.
import { z } from "zod";

export const settings = z.strictObject({
  theme: z.enum(["system", "light", "dark"]),
  layout: z.enum(["three-panes", "two-panes", "list"]),
  density: z.enum(["compact", "normal", "relaxed"]),
  conversations: z.boolean(),
  newestFirst: z.boolean(),
  keyboard: z.enum(["on", "off"]),
  bodyTheme: z.enum(["as-sent", "adapt"]),
  notify: z.boolean(),
  markReadAfterMs: z.int().min(0).max(60_000),
  language: z.enum(["en", "pseudo", "pseudo-rtl"]),
});

export const trusted = z.strictObject({ kind: z.enum(["sender", "domain"]), value: z.string().min(1).max(320) });

/** Whose images are shown without asking: those that are to be given or taken together. */
export const trustChange = z.strictObject({ trusted: z.array(trusted).min(1).max(2) });

export type ReaderSettings = z.output<typeof settings>;
export type Trusted = z.output<typeof trusted>;
