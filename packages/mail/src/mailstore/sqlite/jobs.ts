// Everything the writer thread can be asked, and what it answers. Plain data: it crosses a message port.
import type { PopError } from "@restante/pop/maildrop";
import type { AccountChange } from "./changed-accounts.ts";
import type { Account, AddressKind, Login, MailboxOutcome, PopDelete } from "../contract.ts";

/** Where a message's octets are before it has a row. */
export type BodyOrigin =
  | { readonly kind: "octets"; readonly octets: Uint8Array; readonly sha256: Uint8Array }
  | { readonly kind: "file"; readonly file: string; readonly octets: number; readonly sha256: Uint8Array }
  /** Placed before with another account. */
  | { readonly kind: "stored"; readonly bodyId: number };

/** A message as a remote maildrop knows it. */
export interface FetchedKey {
  readonly source: string;
  readonly uniqueId: Uint8Array;
  readonly sha256: Uint8Array;
  /** Place it also when its owner has removed it since. */
  readonly again: boolean;
  readonly replaces: { readonly messageId: number; readonly sha256: Uint8Array } | undefined;
}

/** What is kept of a surrogate. */
export interface SurrogateInput {
  readonly octets: number;
  /** JSON, as `surrogates.ts` writes it. */
  readonly edits: string;
}

export interface PlaceInput {
  readonly account: number;
  readonly body: BodyOrigin;
  readonly prefix: Uint8Array | undefined;
  /** Of prefix and body together, as are the next two. */
  readonly octets: number;
  readonly stuffedLines: number;
  readonly headerOctets: number;
  readonly surrogate: SurrogateInput | undefined;
  readonly receivedAt: number;
  readonly mailbox: string;
  readonly keywords: string;
  readonly uniqueId: string | undefined;
  readonly deliveryKey: Uint8Array | undefined;
  readonly fetched: FetchedKey | undefined;
  readonly now: number;
}

export interface PlaceOutput {
  readonly messageId: number;
  readonly added: boolean;
  /** Undefined when nothing was added. */
  readonly bodyId: number | undefined;
}

/** What proves that a session still holds the maildrop. */
export interface LeaseProof {
  readonly account: number;
  readonly epoch: number;
  readonly fence: number;
  readonly token: string;
}

export interface CommitInput {
  readonly lease: LeaseProof;
  readonly messageIds: readonly number[];
  readonly now: number;
}

export interface Messages {
  readonly account: number;
  readonly messageIds: readonly number[];
  readonly now: number;
}

export interface NewLogin {
  readonly login: string;
  readonly kind: Login["kind"];
  readonly verifier: string;
  readonly scram: string | undefined;
  readonly disabled: boolean;
}

export interface AddressKey {
  readonly kind: AddressKind;
  readonly local: string;
  readonly domain: string;
}

/** Account 0 is the house. */
export interface DocumentRef {
  readonly kind: string;
  readonly account: number;
  readonly id: string;
}

/** What one emptying takes at a time. */
export interface EmptyInput {
  readonly account: number;
  readonly role: "trash" | "junk";
  /** Messages with a larger uid came later and stay. */
  readonly lastUid: number;
  readonly limit: number;
  readonly now: number;
}

/** Looks at the oldest `limit` messages of one maildrop. */
export interface ExpireInput {
  readonly account: number;
  readonly limit: number;
  readonly now: number;
}

export interface MailboxRef {
  readonly account: number;
  readonly name: string;
}

export interface GarbageOutput {
  readonly bodies: number;
  readonly messages: number;
  readonly deliveryIds: number;
  /** Removals that are forgotten now. */
  readonly changes: number;
  /** Accounts whose trash was emptied. */
  readonly accounts: readonly number[];
  /** Body files nobody refers to any more, to be unlinked now that this is durable. */
  readonly files: readonly string[];
}

interface Job<Input, Output> {
  readonly input: Input;
  readonly output: Output;
}

export interface Jobs {
  /** An owner starts: bumps the epoch when the one before did not stop cleanly. Answers the epoch. */
  readonly start: Job<Record<never, never>, number>;
  readonly stop: Job<Record<never, never>, void>;
  readonly place: Job<PlaceInput, PlaceOutput>;
  readonly commit: Job<CommitInput, "done" | "lost-lease">;
  /** A session takes a maildrop over: voids the lease given before. Answers the new fence. */
  readonly fence: Job<{ readonly account: number }, number>;
  readonly move: Job<Messages & { readonly mailbox: string }, void>;
  readonly remove: Job<Messages, void>;
  readonly keywords: Job<Messages & { readonly add: readonly string[]; readonly remove: readonly string[] }, void>;
  /** Answers how many were removed. */
  readonly empty: Job<EmptyInput, number>;
  readonly garbage: Job<{ readonly now: number; readonly limit: number }, GarbageOutput>;
  /** Answers how many went. */
  readonly expireMail: Job<ExpireInput, number>;
  readonly addAccount: Job<
    {
      readonly name: string;
      readonly popDelete: PopDelete;
      readonly expireDays: number | undefined;
      readonly login: NewLogin;
      readonly now: number;
    },
    number
  >;
  readonly changeAccount: Job<
    {
      readonly account: number;
      readonly now: number;
      readonly change: Partial<Pick<Account, "disabled" | "popDelete">> & {
        readonly expireDays?: number | null;
        readonly quotaMessages?: number | null;
        readonly quotaOctets?: number | null;
      };
    },
    void
  >;
  readonly removeAccount: Job<{ readonly account: number; readonly now: number }, void>;
  readonly addLogin: Job<{ readonly account: number; readonly login: NewLogin; readonly now: number }, void>;
  readonly changeLogin: Job<
    {
      readonly login: string;
      readonly change: {
        readonly verifier?: string;
        readonly scram?: string | null;
        readonly apopSecret?: string | null;
        readonly disabled?: boolean;
      };
    },
    void
  >;
  readonly removeLogin: Job<{ readonly login: string }, void>;
  readonly addAddress: Job<{ readonly address: AddressKey; readonly account: number }, void>;
  readonly removeAddress: Job<{ readonly address: AddressKey }, void>;
  readonly putDocument: Job<
    DocumentRef & { readonly value: string; readonly ifVersion: number | undefined; readonly now: number },
    { readonly version: number } | "conflict"
  >;
  readonly removeDocument: Job<DocumentRef & { readonly ifVersion: number | undefined }, boolean>;
  readonly createMailbox: Job<MailboxRef, MailboxOutcome>;
  readonly renameMailbox: Job<
    MailboxRef & { readonly to: string; readonly document: Jobs["putDocument"]["input"] | undefined },
    MailboxOutcome | "conflict"
  >;
  readonly removeMailbox: Job<MailboxRef, MailboxOutcome>;
}

export type JobKind = keyof Jobs;
export type JobInput<K extends JobKind> = Jobs[K]["input"];
export type JobOutput<K extends JobKind> = Jobs[K]["output"];

/** One job on its way to the writer thread. */
export type JobRequest = {
  readonly [K in JobKind]: { readonly id: number; readonly kind: K; readonly input: JobInput<K> };
}[JobKind];

/** Why a job failed, in a form that crosses threads. */
export type JobFailure =
  | { readonly kind: "refused"; readonly code: PopError["code"]; readonly message: string }
  | { readonly kind: "directory"; readonly code: "name-taken" | "not-found"; readonly message: string }
  /** It may have become durable or not: only asking again can tell. */
  | { readonly kind: "unknown"; readonly message: string }
  | { readonly kind: "mistake"; readonly message: string; readonly stack: string | undefined };

export type JobAnswer =
  | { readonly id: number; readonly ok: true; readonly value: unknown }
  | { readonly id: number; readonly ok: false; readonly failure: JobFailure };

/** What the writer thread says after every group. */
export interface GroupReport {
  readonly answers: readonly JobAnswer[];
  readonly changes: readonly AccountChange[];
  /** Set while the disk does not do what it should. */
  readonly degraded: string | undefined;
}
