// Sources: what they are at, and everything a person does to one.
import {
  denyMigration,
  DiscoveryError,
  hasWorked,
  markSeen,
  removedHere,
  RUN_QUESTIONS,
  saidYes,
  type KnownMessage,
  type QuestionKind,
} from "../../../retriever/index.ts";
import type { SourceConfig } from "../../../config/index.ts";
import { ApiError } from "../api-error.ts";
import type { Reading } from "../reading.ts";
import type { Discovery, RouteInput, SourceStatus } from "../schema/index.ts";
import { fateOf } from "../server-copies.ts";
import { candidatesFor } from "../sources/candidates.ts";
import { betweenRuns, runBetween } from "../sources/between-runs.ts";
import { isForeign, keepKeys, takeOut, writeChange, writeNewSource } from "../sources/edit-configuration.ts";
import { withAccount } from "../sources/first-account.ts";
import { shownSource } from "../sources/shown.ts";
import { testSource } from "../sources/test-source.ts";
import { knownSource } from "../sources/known-source.ts";
import { present } from "./shown.ts";
import type { Some } from "./handler.ts";

type Routes =
  | "sources"
  | "discoverSource"
  | "testSource"
  | "addSource"
  | "changeSource"
  | "previewKeep"
  | "removeSource"
  | "checkSources"
  | "pauseSource"
  | "resumeSource"
  | "answerSource";

export function sourceHandlers(reading: Reading): Some<Routes> {
  const { house } = reading;
  const { collecting, settings } = house;
  const shown = (name: string): SourceStatus => shownSource(factsOf(reading, name));
  return {
    sources: () => Promise.resolve({ sources: settings.sources().map(({ name }) => shown(name)) }),
    discoverSource: ({ address }) => discovered(reading, address),
    testSource: (input, { signal }) => testSource(input, signal),
    async addSource(input, { signal }) {
      refuseUnconfirmed(input.keep, input.confirmed);
      return withAccount(reading, input.account, async (account) => {
        const name = await writeNewSource(reading, { ...input, account });
        if (input.first.kind === "newest") {
          try {
            await leaveOld(reading, { name, newest: input.first.messages, signal });
          } catch (error) {
            // Whoever tries again begins anew, and not beside one that is off.
            await takeOut(reading, name);
            throw error;
          }
          await writeChange(reading, name, { enabled: true });
        }
        return shown(name);
      });
    },
    async changeSource({ source, keep, confirmed, ...rest }) {
      knownSource(reading, source);
      if (keep !== undefined) refuseUnconfirmed(keep, confirmed);
      if (typeof rest.pin === "string") refuseUnseen(shown(source), rest.pin);
      await writeChange(reading, source, { ...present(rest), ...(keep === undefined ? {} : keepKeys(keep)) });
      // The file it is in has the name it had: nothing else tells that it is worth a try.
      if (rest.password !== undefined) collecting.wake(source);
      return shown(source);
    },
    async previewKeep({ source, keep }, { signal }) {
      const { server, ...rest } = knownSource(reading, source);
      const asked = { ...rest, server: { ...server, ...keepKeys(keep) } };
      const collected = (collecting.memory()?.known(source) ?? []).filter(({ state }) => state === "collected");
      const byDeletion = await dueByDeletion(reading, asked, { collected, signal });
      const due = collected.map((known) => ({
        known,
        at: byDeletion.get(known) ?? fateOf({ ...known, pending: undefined }, asked).removeAt,
      }));
      const now = Date.now();
      const going = due.filter(({ at }) => at !== null && at <= now).map(({ known }) => known);
      const later = due.flatMap(({ at }) => (at !== null && at > now ? at : []));
      return {
        messages: going.length,
        octets: going.reduce((sum, { octets }) => sum + octets, 0),
        nextAt: later.length === 0 ? null : later.reduce((least, at) => Math.min(least, at)),
      };
    },
    async removeSource({ source }) {
      knownSource(reading, source);
      await takeOut(reading, source);
      return {};
    },
    checkSources({ source }) {
      if (source !== undefined) knownSource(reading, source);
      collecting.wake(source);
      return Promise.resolve({});
    },
    pauseSource({ source }) {
      knownSource(reading, source);
      collecting.pause(source);
      return Promise.resolve(shown(source));
    },
    resumeSource({ source }) {
      knownSource(reading, source);
      collecting.resume(source);
      return Promise.resolve(shown(source));
    },
    async answerSource({ source: name, kind, messages, allow }, { signal }) {
      const source = knownSource(reading, name);
      const question = ANSWERS.find((one) => one === kind);
      if (question === undefined)
        throw new ApiError("bad-request", "there is no such question", { reason: "no-question" });
      // A migration holds nothing back: with it, a run is all that yes asks for.
      const allowed = new Map(
        RUN_QUESTIONS.filter((one) => one === question).map((one) => saidYes({ kind: one, messages })),
      );
      // No to what a renumbered server shows as new: it is no news. No to a removal: it stays, and is asked again.
      if (allow)
        reading.background.start(async (ending) => {
          const how = { signal: ending, isPatient: true, allowed };
          const report = await runBetween(reading, name, how).catch((error: unknown) => ({ error, questions: [] }));
          const last = statusOf(reading, name)?.lastReport;
          // A run that ended in trouble has not removed what it may: it can be said once more.
          if (report.error === undefined) reading.answered.add(last, { kind: question, messages });
          else reading.answered.takeBack(last, question);
          reading.answered.askAgain(last, report.questions);
          reading.events.tell({ kind: "sources-changed" });
        });
      else if (question === "migration") {
        const shown = reading.seats.listing(name)?.messages;
        const isAnswered = await betweenRuns(reading, { source: name, signal }, (fetchHouse) =>
          denyMigration(source, fetchHouse, { shown }),
        );
        if (!isAnswered)
          throw new ApiError("conflict", "there is no such question any more; look at the server again", {
            reason: "no-question",
          });
      }
      reading.answered.add(statusOf(reading, name)?.lastReport, { kind: question, messages });
      reading.events.tell({ kind: "sources-changed" });
      return shown(name);
    },
  };
}

const ANSWERS: readonly QuestionKind[] = [...RUN_QUESTIONS, "migration"];

const DAY_MS = 86_400_000;

/** What is not a day on the server is soon here alone. */
function refuseUnconfirmed(keep: RouteInput<"addSource">["keep"], confirmed: boolean): void {
  const isSoon = keep.kind === "remove-at-once" || (keep.kind === "span" && keep.ms < DAY_MS);
  if (isSoon && !confirmed)
    throw new ApiError(
      "not-confirmed",
      "this computer would keep the only copy; say so once more, and have a backup of its data directory",
    );
}

/** What is trusted is what this very source was shown last, while it is being set up (RFC 8314 §5.4). */
function refuseUnseen({ source, trouble, mayTrust }: SourceStatus, fingerprint: string): void {
  if (trouble?.certificate?.fingerprint !== fingerprint)
    throw new ApiError("conflict", `this is not the certificate that ${source} was shown last; look at it again`, {
      reason: "certificate-another",
    });
  if (!mayTrust)
    throw new ApiError(
      "refused",
      `${source} was logged in to before: somebody may be in between; if its server is right, take it out and add it again`,
      { reason: "certificate-of-known-source", values: { name: source } },
    );
}

function statusOf({ house }: Reading, name: string) {
  return house.collecting.status().find(({ source }) => source === name);
}

function factsOf(reading: Reading, name: string) {
  const { collecting } = reading.house;
  const source = knownSource(reading, name);
  const status = statusOf(reading, name);
  const memory = collecting.memory();
  const facts = memory?.find(name);
  return {
    source,
    status,
    questions: reading.answered.openIn(status?.lastReport),
    lastRunAt: facts?.lastRunAt,
    hasWorked: memory === undefined || hasWorked(facts, source),
    isReadOnly: isForeign(reading, name),
  };
}

interface Collected {
  readonly collected: readonly KnownMessage[];
  readonly signal: AbortSignal;
}

/** What was deleted here and is still on the server, and when it may go; nothing where the rule does not ask for that. */
async function dueByDeletion(
  { house }: Reading,
  source: SourceConfig,
  { collected, signal }: Collected,
): Promise<ReadonlyMap<KnownMessage, number>> {
  const { deleteWhenDeletedLocally, deleteMinAgeMs } = source.server;
  const there = collected.filter(({ removedAt, missing }) => removedAt === undefined && missing === 0);
  if (!deleteWhenDeletedLocally || there.length === 0) return new Map();
  const deleted = await removedHere(source, there, { ...house.fetchHouse(), signal });
  return new Map(deleted.map((known) => [known, (known.collectedAt ?? known.firstSeenAt) + deleteMinAgeMs]));
}

/** All but the newest messages are no news, and stay where they are. */
async function leaveOld(
  reading: Reading,
  o: { readonly name: string; readonly newest: number; readonly signal: AbortSignal },
): Promise<void> {
  const source = knownSource(reading, o.name);
  await betweenRuns(reading, { source: o.name, signal: o.signal }, (fetchHouse) =>
    markSeen(source, fetchHouse, { butNewest: o.newest }),
  );
}

async function discovered(reading: Reading, address: string): Promise<Discovery> {
  try {
    return await candidatesFor(address, reading.house.resolver);
  } catch (error) {
    if (error instanceof DiscoveryError) {
      const { message, reason, values } = error;
      throw new ApiError("refused", message, { cause: error, reason, values });
    }
    if ((error as { readonly syscall?: unknown }).syscall === "querySrv")
      throw new ApiError("unavailable", "the DNS cannot be asked now; try again, or write the server by hand", {
        cause: error,
        reason: "no-dns",
      });
    throw error;
  }
}
