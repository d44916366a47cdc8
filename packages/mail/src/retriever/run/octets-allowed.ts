// How large a message may turn out to be. Servers guess sizes in LIST, some by far (RFC 1939 §11 says what is right); one
// that sends without end is not to fill the disk.

const SLACK_OCTETS = 16_777_216;

/** `listed` as LIST told it; with a `max_size`, a message said to be within it may be at most twice that. */
export function octetsAllowed(listed: number, octetsMax: number | undefined): number {
  const allowed = 2 * listed + SLACK_OCTETS;
  return octetsMax === undefined || listed > octetsMax ? allowed : Math.min(allowed, 2 * octetsMax);
}
