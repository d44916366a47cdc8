// What the event loop and the indexing thread say to each other. Plain data: it crosses a message port.
import type { MessageSummary } from "../../../message/index.ts";
import type { IndexState, IndexStop } from "../../reading-index.ts";

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

/** How far all accounts are. */
export type IndexStanding = Pick<IndexState, "waiting" | "messages">;

export interface IndexedReport extends IndexStanding {
  readonly account: number;
  readonly modseq: number;
  /** Nothing older is still to be indexed. */
  readonly isWhole: boolean;
  readonly added: readonly number[];
  readonly arrived: readonly number[];
  readonly changed: readonly number[];
  readonly gone: readonly number[];
}

export type FromIndexing =
  /** The file is there, and what is known of every account was told. */
  | ({ readonly kind: "ready" } & IndexStanding)
  | { readonly kind: "summarize"; readonly request: number; readonly octets: Uint8Array<ArrayBuffer> }
  | ({ readonly kind: "indexed" } & IndexedReport)
  /** Without a reason: it works, or works again. */
  | ({ readonly kind: "stopped"; readonly reason: IndexStop | undefined } & IndexStanding)
  /** The file is damaged: it is to be removed, and the thread started anew. */
  | { readonly kind: "damaged"; readonly reason: string };
