// What the event loop and the indexing thread say to each other. Plain data: it crosses a message port.
import type { MessageSummary } from "../../../message/index.ts";

export interface IndexingThreadOptions {
  readonly search: string;
  readonly mail: string;
  readonly bodies: string;
  /** Nothing is written while the disk has less free than this, in octets: mail comes first. */
  readonly diskFloorOctets: number;
}

export type ToIndexing =
  | { readonly kind: "changed"; readonly account: number }
  /** Undefined when the parser failed. */
  | { readonly kind: "summary"; readonly request: number; readonly summary: MessageSummary | undefined }
  | { readonly kind: "close" };

export interface IndexedReport {
  readonly account: number;
  readonly modseq: number;
  /** Nothing older is still to be indexed. */
  readonly isWhole: boolean;
  readonly added: readonly number[];
  readonly arrived: readonly number[];
  readonly changed: readonly number[];
  readonly gone: readonly number[];
  /** Messages of all accounts that have no row yet. */
  readonly waiting: number;
}

export type FromIndexing =
  /** The file is there, and what is known of every account was told. */
  | { readonly kind: "ready" }
  | { readonly kind: "summarize"; readonly request: number; readonly octets: Uint8Array<ArrayBuffer> }
  | ({ readonly kind: "indexed" } & IndexedReport)
  /** Undefined: it works again. */
  | { readonly kind: "stopped"; readonly reason: string | undefined }
  /** The file is damaged: it is to be removed, and the thread started anew. */
  | { readonly kind: "damaged"; readonly reason: string };
