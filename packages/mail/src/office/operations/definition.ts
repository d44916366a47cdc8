// What an operation is: a name, what it takes in, what it gives back. The command line runs the same table on a running
// post office, over its control socket, and on a store that nobody has open.
import type { z } from "zod";
import type { Accounts } from "../../accounts/index.ts";
import type { Mailstore } from "../../mailstore/index.ts";
import type { Sorting } from "../sorting.ts";
import type { LiveOffice } from "../live-office.ts";

/** What an operation works on. */
export interface OperationContext {
  readonly store: Mailstore;
  readonly accounts: Accounts;
  /** For what brings mail in. */
  readonly sorting: Pick<Sorting, "store">;
  readonly dataDir: string;
  /** Octets; larger messages are refused. */
  readonly messageOctetsMax: number;
  readonly overQuota: "defer" | "refuse";
  /** Undefined when nobody runs: then only the store is there. */
  readonly live: LiveOffice | undefined;
}

export type Octets = AsyncIterable<Uint8Array>;

/** Gives one value that JSON can hold. */
export interface ValueOperation<I extends z.ZodType, O> {
  readonly gives: "value";
  readonly input: I;
  run(context: OperationContext, input: z.output<I>): O | Promise<O>;
}

/** Takes a stream of octets in and gives one value. */
export interface TakingOperation<I extends z.ZodType, O> {
  readonly gives: "value";
  readonly takes: "octets";
  readonly input: I;
  run(context: OperationContext, input: z.output<I>, octets: Octets): Promise<O>;
}

/** Takes a stream of octets in and gives rows meanwhile. */
export interface TakingRowsOperation<I extends z.ZodType, O> {
  readonly gives: "rows";
  readonly takes: "octets";
  readonly input: I;
  run(context: OperationContext, input: z.output<I>, octets: Octets): AsyncIterable<O>;
}

/** Gives a stream of octets. */
export interface OctetsOperation<I extends z.ZodType> {
  readonly gives: "octets";
  readonly input: I;
  run(context: OperationContext, input: z.output<I>): Octets;
}

export function value<I extends z.ZodType, O>(input: I, run: ValueOperation<I, O>["run"]): ValueOperation<I, O> {
  return { gives: "value", input, run };
}

export function taking<I extends z.ZodType, O>(input: I, run: TakingOperation<I, O>["run"]): TakingOperation<I, O> {
  return { gives: "value", takes: "octets", input, run };
}

export function takingRows<I extends z.ZodType, O>(
  input: I,
  run: TakingRowsOperation<I, O>["run"],
): TakingRowsOperation<I, O> {
  return { gives: "rows", takes: "octets", input, run };
}

export function octets<I extends z.ZodType>(input: I, run: OctetsOperation<I>["run"]): OctetsOperation<I> {
  return { gives: "octets", input, run };
}
