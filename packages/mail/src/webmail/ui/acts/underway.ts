// Acts on their way to the server: whoever takes back what was done last means the one asked for last, answered or not.

const underway = new Set<Promise<void>>();

/** Remembers an act until it is over. */
export function beginUnderway(act: Promise<void>): void {
  underway.add(act);
  void act.finally(() => underway.delete(act));
}

/** Resolves when every act that is on its way now is over, and has said whether it can be taken back. */
export async function whatIsUnderwayIsOver(): Promise<void> {
  await Promise.all(underway);
}
