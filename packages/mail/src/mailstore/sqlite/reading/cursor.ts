// Where a page ends, as it is given to callers: a position, or for the best finds how many were shown.

const pattern = /^[0-9a-z]{1,11}$/;

export function renderCursor(position: number | undefined): string | undefined {
  return position?.toString(36);
}

/** Throws RangeError for what is none of ours. */
export function parseCursor(cursor: string | undefined): number | undefined {
  if (cursor === undefined) return undefined;
  const position = pattern.test(cursor) ? Number.parseInt(cursor, 36) : Number.NaN;
  if (!Number.isSafeInteger(position)) throw new RangeError("what a page goes on from is none of ours");
  return position;
}
