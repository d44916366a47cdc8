// An answer of the API as it came, read once: whoever paints it first and the program after it look at the same.

export interface Answered {
  readonly isOk: boolean;
  readonly status: number;
  /** Undefined when it was none, or broke off. */
  readonly json: unknown;
}

export async function answeredBy(response: Response): Promise<Answered> {
  const json: unknown = await response.json().catch(() => undefined);
  return { isOk: response.ok, status: response.status, json };
}
