// A rule: when a message is like this, do that. Plain data, kept as it is and checked when it is read.
import { z } from "zod";

const text = z.string().min(1).max(1_000);
const comparison = { test: z.enum(["contains", "is", "begins", "ends"]), value: text };

export const condition = z.discriminatedUnion("field", [
  z.strictObject({ field: z.enum(["from", "recipient", "subject", "list"]), ...comparison }),
  /** Any header field by its name. */
  z.strictObject({
    field: z.literal("header"),
    name: z.string().regex(/^[\x21-\x39\x3b-\x7e]{1,76}$/),
    ...comparison,
  }),
  z.strictObject({ field: z.literal("size"), test: z.enum(["larger", "smaller"]), octets: z.int().min(0) }),
]);

export const action = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("move"), mailbox: z.string().min(1).max(255) }),
  /** The keyword of a label. */
  z.strictObject({ kind: z.literal("label"), label: z.string().regex(/^[\x21-\x7e]{1,64}$/) }),
  z.strictObject({ kind: z.literal("star") }),
  z.strictObject({ kind: z.literal("mark-read") }),
  z.strictObject({ kind: z.literal("archive") }),
  z.strictObject({ kind: z.literal("junk") }),
  /** Into Trash, from where it goes in its time. */
  z.strictObject({ kind: z.literal("delete") }),
]);

export const rule = z.strictObject({
  id: z.string().regex(/^[\w-]{1,64}$/),
  name: z.string().max(200),
  isEnabled: z.boolean(),
  match: z.enum(["all", "any"]),
  conditions: z.array(condition).min(1).max(20),
  actions: z.array(action).min(1).max(10),
  /** No later rule looks at a message this one matched. */
  stops: z.boolean(),
});

export const RULES_MAX = 200;

export type Rule = z.output<typeof rule>;
export type RuleCondition = z.output<typeof condition>;
export type RuleAction = z.output<typeof action>;
