// What only a running post office has, as operations and commands see it.
import type { Finding } from "../mailstore/index.ts";
import type { Listener } from "./listeners.ts";

/** A connection as `who` shows it. */
export interface OfficeSession {
  readonly session: string;
  readonly protocol: string;
  readonly remoteAddress: string;
  readonly login: string | undefined;
  readonly state: string;
  /** Milliseconds it has lasted. */
  readonly sinceMs: number;
}

/** What a reload did and could not do. */
export interface ReloadReport {
  readonly changed: readonly string[];
  /** Keys whose new value needs a restart. */
  readonly needRestart: readonly string[];
}

/** What anybody may know of a certificate. */
export interface ShownCertificate {
  /** DNS names it is for. */
  readonly names: readonly string[];
  /** SHA-256, hex in pairs. */
  readonly fingerprint: string;
  readonly selfSigned: boolean;
  /** Milliseconds since the epoch. */
  readonly validTo: number;
}

export interface LiveOffice {
  readonly startedAt: number;
  readonly listeners: readonly Listener[];
  /** The first is also shown to clients that ask for a name none is for. */
  readonly certificates: readonly ShownCertificate[];
  /** A fresh address that lets one browser in; the one before lets nobody in any more. Undefined without a web listener. */
  webAddress(): string | undefined;
  sessions(): readonly OfficeSession[];
  /** False when there is no such session. */
  kick(session: string): boolean;
  /** What is to be said of the index lists and search are answered from. */
  indexHealth(): Promise<readonly Finding[]>;
  /** Reads configuration, certificates and limits again. Throws ConfigError or OfficeError, and then nothing changed. */
  reload(): Promise<ReloadReport>;
}
