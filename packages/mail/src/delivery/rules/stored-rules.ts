// The rules of an account, in their order, as one document of the store.
import { z } from "zod";
import type { DocumentKey, MailboxOutcome, Mailstore } from "../../mailstore/index.ts";
import { rule, RULES_MAX, type Rule, type RuleAction } from "./rule.ts";

const KIND = "rules";
const ID = "all";

export interface StoredRules {
  readonly rules: readonly Rule[];
  /** To be said back with a change; 0 before the first. */
  readonly version: number;
}

type Store = Pick<Mailstore, "documents">;

const keyOf = (account: string): DocumentKey => ({ kind: KIND, account, id: ID });

export async function readRules({ documents }: Store, account: string): Promise<StoredRules> {
  const found = await documents.get(keyOf(account));
  if (found === undefined) return { rules: [], version: 0 };
  return { rules: z.array(rule).max(RULES_MAX).parse(found.value), version: found.version };
}

/** Takes the place of all rules. "conflict" when they are not the ones of `version` any more. */
export async function writeRules(
  { documents }: Store,
  o: { readonly account: string; readonly rules: readonly Rule[]; readonly version: number },
): Promise<StoredRules | "conflict"> {
  const put = await documents.put(keyOf(o.account), o.rules, { ifVersion: o.version });
  return put === "conflict" ? put : { rules: o.rules, version: put.version };
}

/**
 * Renames a mailbox, and with it where rules file mail: who looks finds both by the old name, or both by the new one.
 * Rejects when the rules cannot be read.
 */
export async function renameWithRules(
  store: Pick<Mailstore, "documents" | "renameMailbox">,
  { account, mailbox, to }: { readonly account: string; readonly mailbox: string; readonly to: string },
): Promise<{ readonly outcome: MailboxOutcome; readonly hasChangedRules: boolean }> {
  for (;;) {
    const { rules, version } = await readRules(store, account);
    const files = (action: RuleAction): boolean => action.kind === "move" && action.mailbox === mailbox;
    const hasChangedRules = rules.some(({ actions }) => actions.some(files));
    const value = rules.map((one) => ({
      ...one,
      actions: one.actions.map((action) => (files(action) ? { kind: "move" as const, mailbox: to } : action)),
    }));
    const document = { key: keyOf(account), value, ifVersion: version };
    const outcome = await store.renameMailbox(account, mailbox, to, hasChangedRules ? { document } : {});
    if (outcome !== "conflict") return { outcome, hasChangedRules: outcome === "done" && hasChangedRules };
  }
}
