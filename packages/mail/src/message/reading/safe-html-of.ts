import type { HtmlOptions, SafeHtml } from "../contract.ts";

/** The HTML body at `place`, rebuilt; undefined when there is none. */
export async function safeHtmlOf(
  _octets: Uint8Array,
  _place: string,
  _options: HtmlOptions,
): Promise<SafeHtml | undefined> {
  return Promise.resolve(undefined);
}
