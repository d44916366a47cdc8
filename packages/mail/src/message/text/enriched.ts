// text/enriched (RFC 1896) without its marks: `<bold>` and its like go, `<<` is a bracket, a single line end is a space.
export function enrichedToText(enriched: string): string {
  return enriched
    .replace(/<param>[^<]{0,500}<\/param>/gi, "")
    .replace(/<<|<\/?[a-z0-9-]{1,60}>/gi, (mark) => (mark === "<<" ? "<" : ""))
    .replace(/\r\n?/g, "\n")
    .replace(/\n+/g, (ends) => (ends.length === 1 ? " " : ends.slice(1)));
}
