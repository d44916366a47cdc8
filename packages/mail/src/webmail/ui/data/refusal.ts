/** What the API, or the way to it, refused. `message` is for people unless `code` begins with "reader/". */
export class Refusal extends Error {
  readonly code: string;
  /** The HTTP status; 0 when there was no answer. */
  readonly status: number;

  constructor(code: string, message: string, status: number) {
    super(message);
    this.name = "Refusal";
    this.code = code;
    this.status = status;
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
  return new Refusal(String(error.code), String(error.message), status);
}
