// Where a page ends, as it is given to callers: a position, or for the best finds how many were shown. Two characters
// behind it tell a cursor of ours from anything else that looks like one, which would be a list without an end.

const PATTERN = /^([0-9a-z]{1,11})([0-9a-z]{2})$/;
/** A prime below 36². */
const CHECK = 1_291;

export function renderCursor(position: number | undefined): string | undefined {
  return position === undefined ? undefined : position.toString(36) + checkOf(position);
}

/** Throws RangeError for what is none of ours. */
export function parseCursor(cursor: string | undefined): number | undefined {
  if (cursor === undefined) return undefined;
  const [, digits = "", check] = PATTERN.exec(cursor) ?? [];
  const position = Number.parseInt(digits, 36);
  if (!Number.isSafeInteger(position) || checkOf(position) !== check)
    throw new RangeError("what a page goes on from is none of ours; take it from the page before");
  return position;
}

function checkOf(position: number): string {
  return (position % CHECK).toString(36).padStart(2, "0");
}
