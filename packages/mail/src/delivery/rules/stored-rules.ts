// The rules of an account, in their order, as one document of the store.
import { z } from "zod";
import type { Mailstore } from "../../mailstore/index.ts";
import { rule, RULES_MAX, type Rule } from "./rule.ts";

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
