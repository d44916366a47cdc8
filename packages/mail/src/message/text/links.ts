// Addresses in plain text. The finder is linkify-it; this file bounds what it is given: its work grows with the square of
// a run without spaces, and faster with many labels of one host.
import { LinkifyIt } from "linkify-it";
import { LINKS_MAX, URL_CHARACTERS_MAX } from "../limits.ts";

export interface Link {
  readonly from: number;
  readonly to: number;
  readonly href: string;
}

/** A longer run without white space is left as text. */
const RUN_CHARACTERS_MAX = 2_048;
const HOST_LABELS_MAX = 24;
const PUNYCODE_LABELS_MAX = 4;
/** Characters given to the finder for one body. */
const WORK_MAX = 512 * 1024;
const SCHEMES = new Set(["http:", "https:", "mailto:", "tel:"]);
/** What a run must hold before it is worth a look. */
const HINT = /:\/\/|@|www\.|mailto:|tel:/i;

const finder = new LinkifyIt({ fuzzyEmail: true, maxLength: URL_CHARACTERS_MAX })
  .add("ftp:", null)
  .add("//", null)
  .add("tel:", { validate: (text, at) => /^\+?[0-9][0-9().-]{2,30}/.exec(text.slice(at, at + 40))?.[0].length ?? 0 })
  .add("www.", {
    validate: (text, at) =>
      /^(?:[\p{L}\p{N}-]{1,63}\.){1,10}\p{L}{2,24}(?:[/?#][^\s<>"]*)?/u.exec(text.slice(at))?.[0].length ?? 0,
    normalize: (match) => void (match.url = `http://${match.url}`),
  });

/** Link targets a reader may follow from a mail: absolute, of four schemes, without a user name that poses as a host. */
export function safeHref(written: string): string | undefined {
  if (written.length > URL_CHARACTERS_MAX) return undefined;
  let url: URL;
  try {
    url = new URL(written);
  } catch {
    return undefined;
  }
  if (!SCHEMES.has(url.protocol) || url.username !== "" || url.password !== "") return undefined;
  if ((url.protocol === "http:" || url.protocol === "https:") && url.hostname === "") return undefined;
  return url.href.replaceAll("'", "%27");
}

/** Links in `text`, in order, not overlapping. */
export class LinkFinder {
  #work = WORK_MAX;
  #links = LINKS_MAX;

  find(text: string): readonly Link[] {
    const links: Link[] = [];
    for (const run of text.matchAll(/\S+/g)) {
      const written = run[0];
      if (!HINT.test(written) || !isCheap(written)) continue;
      if (written.length > this.#work) return links;
      this.#work -= written.length;
      for (const match of finder.match(written) ?? []) {
        const href = safeHref(match.url);
        if (href === undefined) continue;
        if (this.#links <= 0) return links;
        this.#links -= 1;
        links.push({ from: run.index + match.index, to: run.index + match.lastIndex, href });
      }
    }
    return links;
  }
}

function isCheap(run: string): boolean {
  if (run.length > RUN_CHARACTERS_MAX) return false;
  if (run.length < 256) return run.split(/xn--/i).length <= PUNYCODE_LABELS_MAX + 1;
  const labels = Math.max(0, ...run.split(/[/?#@]/).map((piece) => piece.split(".").length));
  return labels <= HOST_LABELS_MAX && run.split(/xn--/i).length <= PUNYCODE_LABELS_MAX + 1;
}
