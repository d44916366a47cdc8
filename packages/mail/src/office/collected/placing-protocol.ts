// How collected mail reaches a running post office: many messages in one request, in frames, and a row for each of them
// as soon as it is durable. A message begins, has octets, and ends or is cut; then the next begins.
import { z } from "zod";
import type { PlacedMessage } from "../../retriever/index.ts";
import type { WireError } from "../control/protocol.ts";
import { OfficeError } from "../office-error.ts";

export const KIND = { begin: 1, octets: 2, end: 3, cut: 4 } as const;

/** Of a message's first frame. */
export const FACTS = z.strictObject({
  uniqueId: z.string().max(2_048),
  again: z.boolean(),
  prefix: z.string().max(4_096),
  replaces: z.strictObject({ messageId: z.int().positive(), sha256: z.string().regex(/^[0-9a-f]{64}$/) }).optional(),
});

/** Of its last: hex, of the octets as they came. */
export const END = z.strictObject({ sha256: z.string().regex(/^[0-9a-f]{64}$/) });

/** `n` counts the messages of a request from 1. */
export type PlacingRow = { readonly n: number } & (
  | { readonly placed: PlacedMessage }
  /** Also before the message has ended. */
  | { readonly refused: WireError }
);

export function wrongStream(options?: { readonly cause: unknown }): OfficeError {
  return new OfficeError("bad-input", "collected mail was cut off; the next run goes on with it", options);
}
