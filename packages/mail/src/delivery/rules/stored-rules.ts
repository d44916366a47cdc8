// The rules of an account, in their order, as one document of the store.
import { z } from "zod";
import type { Mailstore } from "../../mailstore/index.ts";
import { rule, RULES_MAX, type Rule, type RuleAction } from "./rule.ts";

const KIND = "rules";
const ID = "all";

export interface StoredRules {
  readonly rules: readonly Rule[];
  /** To be said back with a change; 0 before the first. */
  readonly version: number;
}

type Store = Pick<Mailstore, "documents">;

export async function readRules({ documents }: Store, account: string): Promise<StoredRules> {
  const found = await documents.get({ kind: KIND, account, id: ID });
  if (found === undefined) return { rules: [], version: 0 };
  return { rules: z.array(rule).max(RULES_MAX).parse(found.value), version: found.version };
}

/** Takes the place of all rules. "conflict" when they are not the ones of `version` any more. */
export async function writeRules(
  { documents }: Store,
  o: { readonly account: string; readonly rules: readonly Rule[]; readonly version: number },
): Promise<StoredRules | "conflict"> {
  const key = { kind: KIND, account: o.account, id: ID };
  const put = await documents.put(key, o.rules, { ifVersion: o.version });
  return put === "conflict" ? put : { rules: o.rules, version: put.version };
}

/** A mailbox was renamed: rules that file mail there go on doing so. Resolves to whether there was one; rejects when the rules cannot be read. */
export async function renameInRules(
  store: Store,
  { account, mailbox, to }: { readonly account: string; readonly mailbox: string; readonly to: string },
): Promise<boolean> {
  for (;;) {
    const { rules, version } = await readRules(store, account);
    const files = (action: RuleAction): boolean => action.kind === "move" && action.mailbox === mailbox;
    if (!rules.some(({ actions }) => actions.some(files))) return false;
    const renamed = rules.map((one) => ({
      ...one,
      actions: one.actions.map((action) => (files(action) ? { kind: "move" as const, mailbox: to } : action)),
    }));
    if ((await writeRules(store, { account, rules: renamed, version })) !== "conflict") return true;
  }
}
