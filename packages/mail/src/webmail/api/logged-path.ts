const SHOWN_MAX = 200;
/** What follows lets in whoever has it, or is told to nobody else. */
const SECRET = ["/open/", "/cap/"] as const;

/** The path of a request as a log may have it. */
export function loggedPath(path: string): string {
  return SECRET.find((beginning) => path.startsWith(beginning)) ?? path.slice(0, SHOWN_MAX);
}
