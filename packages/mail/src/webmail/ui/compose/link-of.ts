/** What somebody typed, as an address a link may have; empty for anything else. */
export function linkOf(text: string): string {
  const typed = text.trim();
  if (typed === "") return "";
  if (/^(?:https?:\/\/|mailto:)\S+$/i.test(typed)) return typed;
  if (/^[^\s@:/]+@[^\s@:/]+$/.test(typed)) return `mailto:${typed}`;
  return /^[^\s:/]+\.[^\s:]+(?:[/:]\S*)?$/.test(typed) ? `https://${typed}` : "";
}
