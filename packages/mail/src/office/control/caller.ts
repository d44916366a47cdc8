// Runs operations: over the control socket of a running post office, or on the store itself when none runs.
import type { Placing, PlacingInto } from "../../retriever/index.ts";
import type { InputOf, OctetsName, ResultOf, TakingName, TakingRowsName, ValueName } from "../operations/index.ts";

/** Throws OperationError for every refusal, and OfficeError when a running post office cannot be reached. */
export interface Caller {
  /** True when a running post office does the work. */
  readonly remote: boolean;
  call<N extends ValueName>(name: N, input: InputOf<N>): Promise<ResultOf<N>>;
  send<N extends TakingName>(name: N, input: InputOf<N>, body: AsyncIterable<Uint8Array>): Promise<ResultOf<N>>;
  sendForRows<N extends TakingRowsName>(
    name: N,
    input: InputOf<N>,
    body: AsyncIterable<Uint8Array>,
  ): AsyncIterable<ResultOf<N>>;
  octets<N extends OctetsName>(name: N, input: InputOf<N>): AsyncIterable<Uint8Array>;
  /** For collected mail. Throws OperationError when there is no such account. */
  openPlacing(into: PlacingInto): Promise<Placing>;
  close(): Promise<void>;
}
