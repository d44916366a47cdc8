// Mails to read: sixty ordinary ones with what they hold written down by those who made them, and mails made to do harm.
// The largest of them are kept packed.
import { readdirSync, readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";

const FIXTURES = new URL("../fixtures/", import.meta.url);

export interface Mail {
  readonly file: string;
  /** A copy of its own each time: reading may take the octets away. */
  readonly octets: () => Uint8Array;
}

export function mails(corpus: "benign" | "hostile" | "mail"): readonly Mail[] {
  const folder = new URL(`${corpus}/`, FIXTURES);
  return readdirSync(folder)
    .filter((name) => /\.eml(?:\.gz)?$/.test(name))
    .toSorted()
    .map((name) => {
      const stored = readFileSync(new URL(name, folder));
      return {
        file: name.replace(/\.gz$/, ""),
        octets: () => new Uint8Array(name.endsWith(".gz") ? gunzipSync(stored) : stored),
      };
    });
}

/** The corpora are kept with the line ends of a Maildir; the wire has others. */
export function onTheWire(octets: Uint8Array): Buffer {
  const text = Buffer.from(octets).toString("latin1").replaceAll(/\r?\n/g, "\r\n");
  return Buffer.from(text.endsWith("\r\n") ? text : `${text}\r\n`, "latin1");
}

/** The hostile mail whose file begins with `id`. */
export function hostile(id: string): Mail {
  const found = mails("hostile").find(({ file }) => file.startsWith(`${id}-`));
  if (found === undefined) throw new Error(`no hostile mail ${id}`);
  return found;
}

/** Read off the HTML of those whose words were written down as markup, or of their plain text alone. */
const SEEN_IN_HTML: Readonly<Record<string, readonly string[]>> = {
  "b28-newsletter-inline-css.eml": ["Smoked black, buckwheat, and a green that forgives boiling water."],
  "b29-html-only-receipt.eml": ["Thank you", "£21.50"],
  "b30-related-inline-cid.eml": ["Here is the view from the new office:"],
  "b65-forge-notification.eml": ["Crash on empty mailbox"],
  "b74-html-reply-gmail-quote.eml": ["Pier 4 at noon?"],
  "b76-amp-alternative.eml": ["A5"],
};

/** What a person reads of an ordinary mail. */
export function wordsOf(file: string, { textContains = [] }: Expected): readonly string[] {
  return [...textContains, ...(SEEN_IN_HTML[file] ?? [])];
}

export interface Expected {
  readonly subject: string | null;
  readonly from: readonly { readonly name: string; readonly address: string }[];
  readonly to: readonly { readonly name: string; readonly address: string }[];
  readonly cc: readonly { readonly name: string; readonly address: string }[];
  readonly date: string | null;
  readonly fallbackDate?: string;
  readonly messageId: string;
  readonly attachments: readonly {
    readonly filename: string | null;
    readonly contentType: string;
    readonly size: number | null;
    readonly sha256: string | null;
  }[];
  readonly textContains?: readonly string[];
  readonly htmlContains?: readonly string[];
  readonly htmlNotContains?: readonly string[];
  readonly references?: readonly string[];
  readonly inReplyTo?: string | null;
  readonly replyTo?: readonly string[];
  readonly listId?: string;
  readonly autoSubmitted?: boolean;
  readonly mdnRequested?: string;
  readonly listUnsubscribeOneClick?: string;
  readonly threadId?: string;
  readonly looseAddresses?: boolean;
  readonly remoteImages?: number;
  readonly trackingPixels?: number;
  /** Its attachments are a matter of opinion, and why. */
  readonly attachmentsNote?: string;
  readonly encrypted?: string;
  readonly nestedMessages?: readonly { readonly subject: string; readonly attachments?: readonly string[] }[];
}

export function expectedOf(): ReadonlyMap<string, Expected> {
  const text = readFileSync(new URL("benign/expected.json", FIXTURES), "utf8");
  return new Map(Object.entries(JSON.parse(text) as Record<string, Expected>));
}

// Wide enough for a machine with other work: what is bounded is bounded by counts, and this only ends what never would.
export const PATIENT = { summarize: 30_000, read: 30_000, html: 30_000, part: 30_000, quote: 30_000, header: 30_000 };
