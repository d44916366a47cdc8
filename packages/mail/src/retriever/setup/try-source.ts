// Tries before anything is written: which place answers, with a certificate that holds, and under which name.
import { connect, Pop3Error, probe, type Pop3Options, type ServerInfo } from "@restante/pop/client";
import { hidePassword } from "../remote/masking.ts";
import type { Place } from "./srv.ts";

const TIMEOUT_MS = 10_000;

export interface TryOptions {
  readonly pin?: string;
  /** PEM. */
  readonly ca?: string;
  readonly mailDomain?: string | undefined;
  readonly signal?: AbortSignal;
}

export interface Reached {
  readonly place: TriedPlace;
  readonly info: ServerInfo;
}

/** A place, or one whose owner wants no TLS. */
export type TriedPlace = Omit<Place, "tls"> & { readonly tls: Place["tls"] | "none" };

export interface Missed {
  readonly place: TriedPlace;
  readonly error: Pop3Error;
}

/** The first place that answers as it must. No login, no password. */
export async function firstReached(
  places: readonly TriedPlace[],
  o: TryOptions,
): Promise<{ readonly reached: Reached | undefined; readonly missed: readonly Missed[] }> {
  const missed: Missed[] = [];
  for (const place of places) {
    try {
      return { reached: { place, info: await probe(optionsFor(place, o)) }, missed };
    } catch (error) {
      if (!Pop3Error.is(error)) throw error;
      missed.push({ place, error });
    }
  }
  return { reached: undefined, missed };
}

export interface LoggedIn {
  readonly user: string;
  readonly messages: number;
  readonly octets: number;
  readonly hasUniqueIds: boolean;
}

/** Logs in under the first name that is taken, and counts. Rejects with the first name's refusal. */
export async function tryLogin(
  place: TriedPlace,
  o: TryOptions & { readonly users: readonly string[]; readonly password: string },
): Promise<LoggedIn> {
  let refusal: unknown;
  for (const user of o.users) {
    try {
      await using session = await connect({ ...optionsFor(place, o), auth: { user, password: o.password } });
      const { entries, hasUniqueIds } = await session.list();
      const octets = entries.reduce((sum, entry) => sum + entry.octets, 0);
      return { user, messages: entries.length, octets, hasUniqueIds };
    } catch (error) {
      hidePassword(error, { user, password: o.password });
      refusal ??= error;
      // Another name may be the right one; another try with the same password after any other trouble is not.
      if (!Pop3Error.is(error, "AUTH_REJECTED")) throw error;
    }
  }
  throw refusal;
}

function optionsFor({ host, port, tls }: TriedPlace, { pin, ca, mailDomain, signal }: TryOptions): Pop3Options {
  return {
    host,
    port,
    tls,
    ...(pin === undefined ? {} : { pin }),
    ...(ca === undefined ? {} : { tlsOptions: { ca } }),
    ...(mailDomain === undefined ? {} : { mailDomain }),
    ...(signal === undefined ? {} : { signal }),
    timeouts: { connectMs: TIMEOUT_MS, greetingMs: TIMEOUT_MS, commandMs: TIMEOUT_MS },
  };
}
