// Points in time as people read them: UTC, without the fractions nobody asked for. Programs get ISO 8601 by --json.

/** 2026-11-26 17:54 */
export function toMinute(ms: number): string {
  return new Date(ms).toISOString().slice(0, 16).replace("T", " ");
}

/** 2026-11-26 17:54:05Z */
export function toSecond(ms: number): string {
  return new Date(ms).toISOString().replace("T", " ").replace(/\.\d+/, "");
}
