// Small acts on messages. Each answers with what takes it back.
import { z } from "zod";
import { mailboxName, ref, wholeRow } from "./mail.ts";

export const act = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("read") }),
  z.strictObject({ kind: z.literal("unread") }),
  z.strictObject({ kind: z.literal("star") }),
  z.strictObject({ kind: z.literal("unstar") }),
  z.strictObject({ kind: z.literal("archive") }),
  z.strictObject({ kind: z.literal("junk") }),
  z.strictObject({ kind: z.literal("not-junk") }),
  z.strictObject({ kind: z.literal("trash") }),
  z.strictObject({ kind: z.literal("move"), mailbox: mailboxName }),
  z.strictObject({ kind: z.literal("label"), label: z.string().regex(/^[\x21-\x7e]{1,64}$/) }),
  z.strictObject({ kind: z.literal("unlabel"), label: z.string().regex(/^[\x21-\x7e]{1,64}$/) }),
  /** For good; only what `confirmed` says was asked for. */
  z.strictObject({ kind: z.literal("delete"), confirmed: z.literal(true) }),
]);

/** On single messages, on rows of lists, or on both. */
export const acting = z
  .strictObject({ act, on: z.array(ref).max(1_000).default([]), rows: z.array(wholeRow).max(100).default([]) })
  .refine(({ on, rows }) => on.length + rows.length > 0, "names a message or a row");

export const acted = z.strictObject({
  /** Messages that were not so already. */
  changed: z.int(),
  /** Say it to /api/acts/undo; null when it cannot be taken back. */
  undo: z.string().nullable(),
});

export type Act = z.output<typeof act>;
export type Acted = z.output<typeof acted>;
