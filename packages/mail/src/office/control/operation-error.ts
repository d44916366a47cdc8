// Whatever an operation throws, in the one form both ways of running it show.
import { PopError } from "@restante/pop/wire";
import { ConfigError } from "../../config/index.ts";
import { AccountError } from "../../accounts/index.ts";
import { DirectoryError } from "../../mailstore/index.ts";
import { DeliveryError } from "../../delivery/index.ts";
import { OfficeError } from "../office-error.ts";
import type { WireError } from "./protocol.ts";

/** A refusal of an operation: `code` is that of OfficeError, AccountError, DeliveryError, PopError, or `config`. */
export class OperationError extends Error {
  readonly code: string;
  constructor(error: WireError, options?: { readonly cause?: unknown }) {
    super(error.message, options);
    this.name = "OperationError";
    this.code = error.code;
  }
}

/** What a person is told. An error nobody expected is `internal`, and its cause is for the log. */
export function describeFailure(error: unknown): WireError {
  if (
    error instanceof OperationError ||
    error instanceof OfficeError ||
    error instanceof AccountError ||
    error instanceof DirectoryError ||
    error instanceof DeliveryError ||
    error instanceof PopError
  ) {
    return { code: error.code, message: error.message };
  }
  if (error instanceof ConfigError) return { code: "config", message: error.message };
  return { code: "internal", message: error instanceof Error ? error.message : String(error) };
}

/** True for what an operator need not look into: refusals with a reason. */
export function isExpected(error: unknown): boolean {
  return describeFailure(error).code !== "internal";
}
