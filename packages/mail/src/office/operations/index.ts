// Every operation, by name.
import type { z } from "zod";
import { accountOperations } from "./accounts.ts";
import { careOperations } from "./care.ts";
import { fetchOperations } from "./fetch.ts";
import { mailOperations } from "./mail.ts";
import { sessionOperations } from "./sessions.ts";

export const OPERATIONS = {
  ...accountOperations,
  ...mailOperations,
  ...fetchOperations,
  ...sessionOperations,
  ...careOperations,
};

export type OperationName = keyof typeof OPERATIONS;
type Named<N extends OperationName> = (typeof OPERATIONS)[N];
type NamesThat<Shape> = { [N in OperationName]: Named<N> extends Shape ? N : never }[OperationName];

export type ValueName = Exclude<NamesThat<{ readonly gives: "value" }>, NamesThat<{ readonly takes: "octets" }>>;
export type TakingName = NamesThat<{ readonly gives: "value"; readonly takes: "octets" }>;
export type TakingRowsName = NamesThat<{ readonly gives: "rows"; readonly takes: "octets" }>;
export type OctetsName = NamesThat<{ readonly gives: "octets" }>;

export type InputOf<N extends OperationName> = z.input<Named<N>["input"]>;
/** What comes back: the value, or one row. */
export type ResultOf<N extends OperationName> =
  ReturnType<Named<N>["run"]> extends AsyncIterable<infer Row> ? Row : Awaited<ReturnType<Named<N>["run"]>>;
