import type { Trouble } from "../../api/schema/index.ts";

type Values = Readonly<Record<string, string | number>>;

interface Told {
  readonly reason?: string | undefined;
  readonly values?: Values;
  readonly trouble?: Trouble | undefined;
  readonly undo?: string | undefined;
}

/** What the API, or the way to it, refused. `message` is for people unless `code` begins with "reader/". */
export class Refusal extends Error {
  readonly code: string;
  /** Names the text that says it in the reader's language; undefined when the API quotes somebody else. */
  readonly reason: string | undefined;
  readonly values: Values;
  /** The HTTP status; 0 when there was no answer. */
  readonly status: number;
  /** Of a source: what its server, or collecting, did. */
  readonly trouble: Trouble | undefined;
  /** Takes back what was done before it failed; undefined when that was nothing. */
  readonly undo: string | undefined;

  constructor(code: string, message: string, status: number, { reason, values = {}, trouble, undo }: Told = {}) {
    super(message);
    this.name = "Refusal";
    this.code = code;
    this.status = status;
    this.reason = reason;
    this.values = values;
    this.trouble = trouble;
    this.undo = undo;
  }

  /** The browser has no session: asking again would not help. */
  get isSignedOut(): boolean {
    return this.status === 401;
  }
}

/** The refusal in a body the API sent; undefined when it is none. */
export function refusalIn(body: unknown, status: number): Refusal | undefined {
  if (typeof body !== "object" || body === null || !("error" in body)) return undefined;
  const { error } = body;
  if (typeof error !== "object" || error === null || !("code" in error) || !("message" in error)) return undefined;
  const reason = "reason" in error ? String(error.reason) : undefined;
  const values = "values" in error ? valuesIn(error.values) : {};
  const trouble = "trouble" in error ? (error.trouble as Trouble) : undefined;
  const undo = "undo" in error ? String(error.undo) : undefined;
  return new Refusal(String(error.code), String(error.message), status, { reason, values, trouble, undo });
}

function valuesIn(sent: unknown): Values {
  const entries = Object.entries(typeof sent === "object" && sent !== null ? sent : {});
  return Object.fromEntries(entries.filter(([, value]) => typeof value === "string" || typeof value === "number"));
}
