// Mailboxes of one's own, labels and rules; leaving a list, and read receipts.
import { z } from "zod";
import { ruleSchema } from "../../../delivery/index.ts";
import { acted } from "./acts.ts";
import { accountId, mailboxName, messageId } from "./mail.ts";

const name = z.string().trim().pipe(mailboxName);
const one = z.strictObject({ account: accountId });
const nothing = z.strictObject({});
const ofMessage = one.extend({ messageId: z.coerce.number().pipe(messageId), confirmed: z.literal(true) });

/** A label: how people see it, and the keyword messages carry. */
export const label = z.strictObject({
  label: z.string().regex(/^[\x21-\x7e]{1,64}$/),
  name: z.string().trim().min(1).max(60),
  /** One of the colours of the reader. */
  colour: z.enum(["grey", "red", "orange", "yellow", "green", "teal", "blue", "purple"]),
});

/** What people read of a receipt, in the language of who sends it; `{subject}` and `{address}` are filled in. */
const receiptWords = z.strictObject({ subject: z.string().min(1).max(200), text: z.string().min(1).max(1_000) });

const rules = z.strictObject({ rules: z.array(ruleSchema).max(200), version: z.int().min(0) });

export const ORGANISING_ROUTES = {
  createMailbox: { method: "POST", path: "/api/mailboxes", input: one.extend({ name }), output: nothing },
  renameMailbox: {
    method: "PATCH",
    path: "/api/mailboxes",
    input: one.extend({ mailbox: name, to: name }),
    output: nothing,
  },
  /** What is in it goes to Trash first; the undo brings it back, and the mailbox with it. */
  removeMailbox: {
    method: "DELETE",
    path: "/api/mailboxes",
    input: one.extend({ mailbox: name, confirmed: z.literal(true) }),
    output: acted,
  },
  labels: {
    method: "GET",
    path: "/api/labels",
    input: one,
    output: z.strictObject({ labels: z.array(label) }),
  },
  /** Made when its keyword is left out. */
  saveLabel: {
    method: "PUT",
    path: "/api/labels",
    input: one.extend({ ...label.shape, label: label.shape.label.optional() }),
    output: label,
  },
  /** Messages that carry it lose it from sight. */
  removeLabel: {
    method: "DELETE",
    path: "/api/labels",
    input: one.extend({ label: label.shape.label }),
    output: nothing,
  },
  rules: { method: "GET", path: "/api/rules", input: one, output: rules },
  saveRules: { method: "PUT", path: "/api/rules", input: one.extend(rules.shape), output: rules },
  /** How much of INBOX a rule matches; counts for a few seconds at most. */
  countMatches: {
    method: "POST",
    path: "/api/rules/count",
    input: one.extend({ rule: ruleSchema }),
    output: z.strictObject({ matches: z.int(), isComplete: z.boolean() }),
  },
  /** Does to INBOX what the rule says. */
  applyRule: {
    method: "POST",
    path: "/api/rules/apply",
    input: one.extend({ rule: ruleSchema, confirmed: z.literal(true) }),
    output: acted,
  },
  /** By one click (RFC 8058) or by a mail of ours, as its sender offers. */
  unsubscribe: {
    method: "POST",
    path: "/api/accounts/:account/messages/:messageId/unsubscribe",
    input: ofMessage.extend({ by: z.enum(["one-click", "mail"]) }),
    output: z.strictObject({ words: z.string() }),
  },
  /** Tells the sender that it was read. Never by itself. */
  sendReceipt: {
    method: "POST",
    path: "/api/accounts/:account/messages/:messageId/receipt",
    input: ofMessage.extend({ words: receiptWords.optional() }),
    output: nothing,
  },
} as const;

export type LabelRow = z.output<typeof label>;
export type RuleRow = z.output<typeof ruleSchema>;
