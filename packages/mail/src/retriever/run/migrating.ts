// A source whose server renumbered its messages, from the run that sees it to the one that has looked at everything.
import type { SourceConfig } from "../../config/index.ts";
import type { KnownMessage } from "../decide/known.ts";
import { endpointOf } from "../endpoint.ts";
import type { FetchState } from "../state/fetch-state.ts";
import type { SourceFacts } from "../state/source-facts.ts";
import type { View } from "./look.ts";
import { mayBeRenamed, renamed } from "./renamed.ts";
import type { RunFailures } from "./run-failures.ts";
import type { RunProgress } from "./run-progress.ts";

export interface MigratingOptions {
  readonly source: SourceConfig;
  readonly state: FetchState;
  readonly failures: RunFailures;
  readonly progress: RunProgress;
}

export class Migrating {
  readonly #o: MigratingOptions;
  /** The first listing of this run was without some that the last run left there. */
  #isShorter = false;
  /** Headers told all that came: octets have nothing to add. */
  #isTold = false;

  constructor(o: MigratingOptions) {
    this.#o = o;
  }

  /** Told of the first listing, and what was known before it. */
  sawFirst(view: View, before: { readonly known: readonly KnownMessage[]; readonly facts: SourceFacts }): void {
    const { migration } = view;
    this.#isTold = migration !== undefined && migration.counts.adopted === migration.counts.came;
    this.#isShorter = !this.#isTold && isShorter(view, before.known, before.facts);
  }

  /** What may come again under another name, by the hash of its octets. */
  async missing(view: View): Promise<ReadonlyMap<string, KnownMessage[]>> {
    const { source, state } = this.#o;
    if (source.dedupContent === "never" || !mayBeRenamed(view, { isMigrating: this.#lasts })) return new Map();
    return renamed(view, await state.knownInTurns(source.name));
  }

  /** Everything was looked at: from now on equal octets are another mail. What went missing lately may come yet. */
  end(): void {
    const { source, state, failures, progress } = this.#o;
    const isAll = !this.#isShorter && failures.left === 0 && progress.lostHeaders.size === 0;
    if (!isAll || !this.#lasts) return;
    if (!this.#isTold && state.known(source.name).some(isMissingLately)) return;
    state.learn(source.name, { isMigrating: false });
  }

  get #lasts(): boolean {
    const { source, state } = this.#o;
    return state.facts(source.name, endpointOf(source)).isMigrating;
  }
}

/** Than the last one was, less what was removed there since. Another server may have fewer; then the next one is as long. */
function isShorter({ listed }: View, known: readonly KnownMessage[], { listedMessages = 0 }: SourceFacts) {
  const removed = known.filter(({ removedAt, inferred, missing }) => removedAt && inferred === undefined && !missing);
  return listed.length < listedMessages - removed.length;
}

/** So many listings that are without a message say that it is gone; fewer may have been cut short alike. */
const GONE_LISTINGS = 3;

function isMissingLately({ state, sha256, missing, removedAt, inferred }: KnownMessage): boolean {
  const isHere = state === "collected" && sha256 !== undefined;
  return isHere && missing > 0 && missing < GONE_LISTINGS && (removedAt === undefined || inferred !== undefined);
}
