// Which accounts are new, or had their mail or mailboxes changed by a job: whoever follows them is told after the commit.
import type { JobAnswer, JobKind, JobOutput, JobRequest, Jobs } from "./jobs.ts";

export interface AccountChange {
  readonly account: number;
  /** Of its last change, by the end of the commit. */
  readonly modseq: number;
}

type Touches = { readonly [K in JobKind]?: (input: Jobs[K]["input"], output: JobOutput<K>) => readonly number[] };

const TOUCHES: Touches = {
  // Known before its first mail, which is news then.
  addAccount: (_, account) => [account],
  place: ({ account }, { added }) => (added ? [account] : []),
  commit: ({ lease }, outcome) => (outcome === "done" ? [lease.account] : []),
  move: ({ account }) => [account],
  remove: ({ account }) => [account],
  keywords: ({ account }) => [account],
  empty: ({ account }, removed) => (removed > 0 ? [account] : []),
  expireMail: ({ account }, removed) => (removed > 0 ? [account] : []),
  garbage: (_, { accounts }) => accounts,
  removeAccount: ({ account }) => [account],
  createMailbox: ({ account }, outcome) => (outcome === "done" ? [account] : []),
  renameMailbox: ({ account }, outcome) => (outcome === "done" ? [account] : []),
  removeMailbox: ({ account }, outcome) => (outcome === "done" ? [account] : []),
};

export function changedAccounts(requests: readonly JobRequest[], answers: readonly JobAnswer[]): ReadonlySet<number> {
  const outputs = new Map(answers.map((answer) => [answer.id, answer]));
  const changed = new Set<number>();
  for (const { id, kind, input } of requests) {
    const answer = outputs.get(id);
    const touches = TOUCHES[kind] as ((input: unknown, output: unknown) => readonly number[]) | undefined;
    if (answer?.ok === true) for (const account of touches?.(input, answer.value) ?? []) changed.add(account);
  }
  return changed;
}
