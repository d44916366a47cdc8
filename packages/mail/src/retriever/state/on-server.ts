// What is still on its server, for whoever asks about many copies at once: looked up where the copies are, one by one, as
// far as the question goes, and by another thread than this memory's.

/** One condition of a statement. The text is ours, values are bound. */
export interface Condition {
  readonly sql: string;
  readonly values: readonly string[];
}

/** Copies that a source put into one of its destinations, and what the asker calls the account that they are in. */
export interface CopiesOf {
  readonly account: number;
  readonly source: string;
  readonly destination: string;
}

/** How a statement names what it asks about, and the file of the memory that is attached to it. */
export interface AskedAs {
  readonly memory: string;
  readonly account: string;
  /** The message-id of a copy, a number. */
  readonly place: string;
}

/** Holds where a copy's message was on the server when that was listed last, and was not removed since. */
export function onServer(copies: readonly CopiesOf[], { memory, account, place }: AskedAs): Condition {
  const wanted = copies.map((one) => [one.account, one.source, one.destination]);
  return {
    sql: `EXISTS (SELECT 1 FROM ${memory}.copy c CROSS JOIN ${memory}.message m ON m.message_id = c.message_id
      WHERE c.place = CAST(${place} AS TEXT) AND m.removed_at IS NULL AND m.missing = 0
      AND (${account}, m.source, c.destination) IN (SELECT value ->> 0, value ->> 1, value ->> 2 FROM json_each(?)))`,
    values: [JSON.stringify(wanted)],
  };
}
