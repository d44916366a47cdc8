// What a store brings to the contract suite, and how a claim of the suite is declared.
import { test, type TestContext } from "node:test";
import type { AccountId, MaildropStore, StoreCapabilities } from "../../maildrop/index.ts";

/** One store with two empty maildrops, made anew for every test. */
export interface MaildropSetting {
  readonly store: MaildropStore;
  readonly account: AccountId;
  readonly otherAccount: AccountId;
  /** Moves the clock by which the store tells that a holder is idle. */
  advanceClock?(ms: number): void | Promise<void>;
  /** Removes messages for good, as another party than the POP session would. */
  removeBeside?(account: AccountId, messageIds: readonly number[]): Promise<void>;
  /** Ends the store as a restart of its owner would and opens the same mail again. */
  reopen?(): MaildropStore | Promise<MaildropStore>;
}

/** Makes a setting; what must be undone goes to `context.after`. */
export type MaildropSetup = (context: TestContext) => MaildropSetting | Promise<MaildropSetting>;

export type MaildropHook = "advanceClock" | "removeBeside" | "reopen";

export interface MaildropContractOptions {
  /** What the store cannot be asked to do; claims that need it are left out. Nothing unless given. */
  readonly without?: readonly MaildropHook[];
  /** What the store promises; claims beyond it are left out. All of it unless given. `capabilities` must say the same. */
  readonly promises?: Partial<Omit<StoreCapabilities, "durableDeliver">>;
  /** Seed of the random samples; printed when one fails. */
  readonly seed?: number;
}

/** A hook that a claim calls, or a promise that it holds the store to. */
export type Need = MaildropHook | "exclusive-lock" | "atomic-commit" | "stable-snapshot" | "mailboxes" | "surrogates";

export type Claim = (
  text: string,
  needs: readonly Need[],
  body: (setting: Required<MaildropSetting>, context: TestContext) => void | Promise<void>,
) => void;

/** Declares claims as tests of the store called `name`, but for those that need what the store lacks. */
export function claimsOf(name: string, setup: MaildropSetup, lacks: ReadonlySet<Need>): Claim {
  return (text, needs, body) => {
    if (needs.some((need) => lacks.has(need))) return;
    void test(`${text} (${name})`, async (context) => {
      const setting = await setup(context);
      await body({ ...setting, ...hooksOf(setting) }, context);
    });
  };
}

/** A claim that calls a hook nobody said was missing fails and says so. */
function hooksOf(setting: MaildropSetting): Required<Pick<MaildropSetting, MaildropHook>> {
  const missing = (hook: MaildropHook) => (): never => {
    throw new Error(`the setup gives no ${hook}: give one, or say { without: ["${hook}"] }`);
  };
  return {
    advanceClock: setting.advanceClock?.bind(setting) ?? missing("advanceClock"),
    removeBeside: setting.removeBeside?.bind(setting) ?? missing("removeBeside"),
    reopen: setting.reopen?.bind(setting) ?? missing("reopen"),
  };
}
