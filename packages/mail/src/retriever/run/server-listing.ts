// Everything that is on a server now, beside what is known of it here and what the rule will do. Nothing is changed.
import { Pop3Error } from "@restante/pop/client";
import type { SourceConfig } from "../../config/index.ts";
import { decodeField, fieldsNamed } from "../../delivery/index.ts";
import { clockDoubt } from "../decide/clock.ts";
import type { CopyState, Decision } from "../decide/decide.ts";
import { guard, whyRestored, type Question } from "../decide/guard.ts";
import type { KnownMessage } from "../decide/known.ts";
import { isNamed, nameOf } from "../decide/message-name.ts";
import type { RemoteMaildrop } from "../remote/maildrop.ts";
import { readClock, type FetchHouse } from "./house.ts";
import { looking, migrationQuestions } from "./inspect.ts";
import type { View } from "./look.ts";

export interface ServerListed {
  readonly n: number;
  /** One character an octet; not safe to show. */
  readonly uniqueId: string;
  /** What this message alone is asked for by, as far as it can be told from others; not safe to show. */
  readonly name: string;
  readonly octets: number;
  readonly action: Decision["action"];
  /** Safe to show. */
  readonly why: string;
  readonly known: KnownMessage | undefined;
  /** Of a collected message. */
  readonly copy: CopyState | undefined;
  /** Of a message that is not here, as far as the server was asked. Not safe to show. */
  readonly header: { readonly subject: string; readonly from: string; readonly date: number | undefined } | undefined;
}

export interface ServerListing {
  readonly source: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly messages: readonly ServerListed[];
  readonly questions: readonly Question[];
}

/** Headers of up to `headersMax` of the newest messages that are not here are asked for. Throws Pop3Error, FetchError. */
export async function listServer(
  source: SourceConfig,
  house: FetchHouse,
  o: { readonly headersMax: number },
): Promise<ServerListing> {
  return looking(source, house, async (view, maildrop) => {
    const strangers = view.decisions.filter(
      ({ known }) => known === undefined || known.copies.length === 0 || view.copies.get(known.id) === "lost",
    );
    const asked = o.headersMax === 0 ? [] : strangers.slice(-o.headersMax);
    const headers = await readHeaders(
      maildrop,
      asked.map(({ n }) => n),
    );
    return {
      source: source.name,
      at: Date.now(),
      messages: view.decisions.map((decision) => listed(decision, view, headers)),
      questions: [...migrationQuestions(view), ...questionsOf(source, house, view)],
    };
  });
}

function listed(
  decision: Decision,
  { copies }: View,
  headers: ReadonlyMap<number, ServerListed["header"]>,
): ServerListed {
  const { n, uniqueId, octets, action, why, known } = decision;
  const copy = known === undefined ? undefined : copies.get(known.id);
  return { n, uniqueId, name: nameOf(decision), octets, action, why, known, copy, header: headers.get(n) };
}

function questionsOf(source: SourceConfig, house: FetchHouse, view: View): readonly Question[] {
  const { state, asked, allowed = new Map() } = house;
  return guard({
    deletes: view.decisions.filter(
      (one) => one.action === "delete" && (asked === undefined || !isNamed(asked.remove, one)),
    ),
    listed: view.listed.length,
    collectedNow: new Set(),
    clockDoubt: clockDoubt({
      now: (house.clock ?? readClock)(),
      believed: state.find(source.name)?.believed,
      serverMs: undefined,
    }),
    restored: whyRestored({ ...view, remembered: state.restored(source.name) }),
    allowed,
  });
}

/** Asked for together; the client pipelines what it may. */
const TOGETHER = 64;

async function readHeaders(
  maildrop: RemoteMaildrop,
  numbers: readonly number[],
): Promise<ReadonlyMap<number, ServerListed["header"]>> {
  const headers = new Map<number, ServerListed["header"]>();
  for (let at = 0; at < numbers.length; at += TOGETHER)
    await Promise.all(numbers.slice(at, at + TOGETHER).map(async (n) => headers.set(n, await readHeader(maildrop, n))));
  return headers;
}

/** A message whose header is refused is shown without it. */
async function readHeader(maildrop: RemoteMaildrop, n: number): Promise<ServerListed["header"]> {
  try {
    const header = await maildrop.headers(n, { onlyTop: true });
    const field = (name: string): string => decodeField(fieldsNamed(header, name)[0] ?? "");
    const date = Date.parse(field("Date"));
    return { subject: field("Subject"), from: field("From"), date: Number.isNaN(date) ? undefined : date };
  } catch (error) {
    if (!Pop3Error.is(error) || !error.sessionUsable) throw error;
    return undefined;
  }
}
