// Texts of the pages that are made here and not by the reader: the door, what is printed, what went wrong in a page of its
// own. A translation is one more table of this shape, beside the reader's own catalogue.
import type { ReaderSettings } from "../schema/index.ts";

interface PageText {
  readonly title: string;
  /** What stands between backticks is typed. */
  readonly paragraphs: readonly string[];
}

export interface PageWords {
  readonly lang: string;
  readonly dir: "ltr" | "rtl";
  readonly noSession: PageText;
  readonly usedToken: PageText;
  readonly notBuilt: PageText;
  readonly letIn: PageText;
  readonly openReader: string;
  readonly failed: PageText;
  readonly print: Readonly<Record<"from" | "to" | "cc" | "date" | "attached" | "asText" | "noPicture", string>>;
}

const FRESH_ADDRESS = "In a terminal on this machine, type: `restante open` — it prints a fresh address to open here.";

const ENGLISH: PageWords = {
  lang: "en",
  dir: "ltr",
  noSession: {
    title: "This browser has not been let in",
    paragraphs: [
      "Restante lets a browser in with the address that its start prints, once for each browser.",
      FRESH_ADDRESS,
    ],
  },
  usedToken: {
    title: "This address was used already",
    paragraphs: ["Each address lets one browser in, once. This browser was not let in before.", FRESH_ADDRESS],
  },
  notBuilt: {
    title: "The reader is not built",
    paragraphs: [
      "Restante runs, and its API answers, but the pages of the reader are not there.",
      "In the folder it was started from, type: `npm run build` — then load this page again.",
    ],
  },
  letIn: { title: "Opening your mail", paragraphs: ["If nothing happens, follow this link:"] },
  openReader: "Open the reader",
  failed: {
    title: "This did not work",
    paragraphs: ["The message is kept as it came. Go back to the reader, and try again from there."],
  },
  print: {
    from: "From",
    to: "To",
    cc: "Cc",
    date: "Date",
    attached: "Attached",
    noPicture: "This picture could not be printed; save it to look at it.",
    asText: "This is the text of the message; it could not be printed as it was sent.",
  },
};

const LANGUAGES: Readonly<Record<ReaderSettings["language"], PageWords>> = {
  en: ENGLISH,
  pseudo: ENGLISH,
  "pseudo-rtl": { ...ENGLISH, dir: "rtl" },
};

export function pageWords(language: ReaderSettings["language"]): PageWords {
  return LANGUAGES[language];
}
