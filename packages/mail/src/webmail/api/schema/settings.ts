// What a person chose of the reader. Kept in the store, so it is the same in every browser.
import { z } from "zod";

export const settings = z.strictObject({
  theme: z.enum(["system", "light", "dark"]).default("system"),
  layout: z.enum(["three-panes", "two-panes", "list"]).default("three-panes"),
  density: z.enum(["compact", "normal", "relaxed"]).default("normal"),
  conversations: z.boolean().default(true),
  newestFirst: z.boolean().default(true),
  keyboard: z.enum(["on", "off"]).default("on"),
  bodyTheme: z.enum(["as-sent", "adapt"]).default("as-sent"),
  notify: z.boolean().default(false),
  markReadAfterMs: z.int().min(0).max(60_000).default(0),
  language: z.enum(["en", "pseudo", "pseudo-rtl"]).default("en"),
});

export const trusted = z.strictObject({ kind: z.enum(["sender", "domain"]), value: z.string().min(1).max(320) });

export type ReaderSettings = z.output<typeof settings>;
export type Trusted = z.output<typeof trusted>;
