// What the event stream says. Events carry ids and numbers; texts are asked for.
import { z } from "zod";
import { accountId } from "./mail.ts";
import { progress, sourceName, trouble } from "./sources.ts";

const event = z.discriminatedUnion("kind", [
  /** Messages came, changed, moved or went; at most four such events a second, 200 ids each. */
  z.strictObject({
    kind: z.literal("messages"),
    account: accountId,
    added: z.array(z.int()),
    changed: z.array(z.int()),
    gone: z.array(z.int()),
    /** How many of those that came are unread mail in an inbox; told of many, too. */
    arrived: z.int(),
    /** More than 200 at once: no ids are told, ask for the list again. */
    isMany: z.boolean(),
  }),
  z.strictObject({ kind: z.literal("counts"), account: accountId }),
  /** Lists are further behind or stopped, or not any more, and no other event says that there is news of mailboxes. */
  z.strictObject({ kind: z.literal("index-changed") }),
  z.strictObject({ kind: z.literal("source-progress"), source: sourceName, progress }),
  z.strictObject({ kind: z.literal("source-started"), source: sourceName }),
  z.strictObject({
    kind: z.literal("source-ended"),
    source: sourceName,
    arrived: z.int(),
    removed: z.int(),
    trouble: trouble.nullable(),
  }),
  z.strictObject({ kind: z.literal("sources-changed") }),
  z.strictObject({ kind: z.literal("settings-changed") }),
  z.strictObject({ kind: z.literal("drafts-changed"), account: accountId }),
  /** A message of the outbox is held, sent, or in trouble. */
  z.strictObject({ kind: z.literal("outbox-changed"), account: accountId }),
  /** Too much was missed to say it one by one: read everything again. */
  z.strictObject({ kind: z.literal("resync") }),
]);

export type ReaderEvent = z.output<typeof event>;
