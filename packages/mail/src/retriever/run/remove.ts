// Removes messages there. One that did not come in this very session is removed only when it is certainly the one that
// came before: the same size and the same header, or, where the header cannot tell, the same octets.
import { createHash } from "node:crypto";
import { Pop3Error } from "@restante/pop/client";
import type { Decision } from "../decide/decide.ts";
import { showUniqueId } from "../decide/known.ts";
import { REASONS } from "../decide/reasons.ts";
import type { RemoteMaildrop } from "../remote/maildrop.ts";
import type { FetchState } from "../state/fetch-state.ts";
import type { Headers } from "./headers.ts";
import { octetsAllowed } from "./octets-allowed.ts";
import type { Reporter } from "./reporter.ts";
import { warning, type Warning } from "./warnings.ts";

/** A message to be removed: its number in this session, its row, and why. */
export interface Mark {
  readonly n: number;
  readonly id: number;
  readonly why: string;
}

export interface RemoveOptions {
  readonly maildrop: RemoteMaildrop;
  readonly state: FetchState;
  readonly reporter: Reporter;
  readonly checkpoint: (step: string) => void;
  readonly timeToWrite: () => number;
}

export interface VerifyOptions {
  readonly maildrop: RemoteMaildrop;
  readonly headers: Headers;
  readonly state: FetchState;
  readonly reporter: Reporter;
  /** All that may be removed: of several that look alike, octets tell which is which. */
  readonly allowed: readonly Decision[];
  readonly listed: readonly Decision[];
  /** Told whose answer is waited for, before a lost session rejects: it may have ended with it. */
  readonly onWait: (decision: Decision) => void;
  /** Told whose octets are not those that were collected, and what they are; undefined: they did not all come. */
  readonly onOther: (decision: Decision, sha256: string | undefined) => void;
}

/** Of old messages, those that are what they are taken for. What proves to be other mail is new to the next look. */
export async function verify(decisions: readonly Decision[], o: VerifyOptions): Promise<readonly Mark[]> {
  await o.headers.ask(decisions.filter(isKnownByHeader), o.onWait);
  const { hashes } = o.headers;
  const marks = new Map<number, Mark>();
  const others: number[] = [];
  for (const decision of decisions) {
    const { n, known } = decision;
    if (known === undefined) continue;
    if (isKnownByHeader(decision) && hashes.get(n) === known.headerHash) {
      marks.set(known.id, { n, id: known.id, why: whyOf(decision) });
      continue;
    }
    o.onWait(decision);
    const sha256 = await octetsOf(decision, o.maildrop);
    const alike = (one: Decision): boolean => isSibling(one, decision) && one.known?.sha256 === sha256;
    const same = [decision, ...o.allowed].find((one) => alike(one) && !marks.has(one.known?.id ?? 0));
    if (sha256 !== undefined && same?.known !== undefined) {
      marks.set(same.known.id, { n, id: same.known.id, why: whyOf(same) });
      continue;
    }
    // One that is known as another of the listing, and is not to be removed yet, is no other mail.
    if (sha256 !== undefined && !o.listed.some(alike)) others.push(known.id);
    o.onOther(decision, sha256);
    o.reporter.stayedToo(REASONS["changed-there"], 1);
  }
  o.state.supersede(others.filter((id) => !marks.has(id)));
  return [...marks.values()];
}

function whyOf({ known, isUnfinished, why }: Decision): string {
  return isUnfinished === true ? (known?.pending?.why ?? why) : why;
}

/** Itself too. */
function isSibling(one: Decision, other: Decision): boolean {
  return one.uniqueId === other.uniqueId && one.octets === other.octets;
}

/**
 * One of several with its unique-id and size, now or once, may have the header of another. One that a session ended at may
 * end the next at TOP as well: it came by RETR once.
 */
function isKnownByHeader({ isDuplicate, known }: Decision): boolean {
  return !isDuplicate && known?.keyHash === "" && known.headerHash !== undefined && known.lostRuns === 0;
}

/** Servers may write into headers, and TOP may be missing: then only the whole message tells. Undefined: it is refused. */
async function octetsOf({ n, octets }: Decision, maildrop: RemoteMaildrop): Promise<string | undefined> {
  const hash = createHash("sha256");
  try {
    const stream = maildrop.retrieve(n, { octetsMax: octetsAllowed(octets, undefined), borrowed: true });
    for await (const chunk of stream) hash.update(chunk);
    await stream.done;
  } catch (error) {
    if (!Pop3Error.is(error) || !error.sessionUsable) throw error;
    return undefined;
  }
  return hash.digest("hex");
}

/** Of the first that was refused, and how many were. */
function refusalOf({ n, uniqueId, serverText = "", message: text }: Pop3Error, refused: number): Warning {
  const message = uniqueId === undefined ? `message ${n ?? ""}` : showUniqueId(uniqueId);
  const why = serverText === "" ? text : serverText;
  if (refused <= 1) return warning("removal-refused", { message, why });
  return warning("removals-refused", { message, others: refused - 1, why });
}

/** Marks, writes down that it will be known only with QUIT's answer, and ends the session. */
export async function removeAndCommit(marks: readonly Mark[], o: RemoveOptions): Promise<void> {
  const { maildrop, state, reporter, checkpoint } = o;
  state.marking(marks, o.timeToWrite());
  checkpoint("marking");
  reporter.phase("delete");
  try {
    await maildrop.delete(marks.map(({ n }) => n));
  } catch (error) {
    // A refused DELE is about one message; the next run looks at it again.
    if (!Pop3Error.is(error) || !error.sessionUsable) throw error;
    reporter.warn(refusalOf(error, marks.length - maildrop.marked.size));
  }
  checkpoint("marked");
  const marked = marks.filter(({ n }) => maildrop.marked.has(n));
  reporter.phase("quit");
  const { status, text } = await maildrop.commit();
  checkpoint("quit");
  if (status === "committed") {
    state.committed(
      marked.map(({ id }) => id),
      o.timeToWrite(),
    );
    checkpoint("committed");
    reporter.removed(marked.length);
    reporter.unconfirmed(marks.length - marked.length);
    return;
  }
  reporter.unconfirmed(marks.length);
  reporter.warn(
    status === "partial"
      ? warning("removed-partly", { why: text === undefined ? "" : `: ${text}` })
      : warning("removal-unconfirmed"),
  );
}
