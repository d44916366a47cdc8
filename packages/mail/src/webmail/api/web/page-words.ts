// Texts of the pages that are made here and not by the reader: the door, what is printed, what went wrong in a page of its
// own. A translation is one more table of this shape, beside the reader's own catalogue.
import type { ReadingProblem } from "../../../message/index.ts";
import { EVENT_LABELS, type EventLabel } from "../schema/event-labels.ts";
import type { ReaderSettings } from "../schema/index.ts";
import { ENGLISH_EVENT, type EventWords } from "./event-words.ts";

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
  readonly print: PrintWords;
}

export interface PrintWords {
  readonly from: string;
  readonly to: string;
  readonly cc: string;
  readonly date: string;
  readonly attached: string;
  readonly asText: string;
  readonly noPicture: string;
  // What is not on the paper is said in the words of the reader.
  readonly textGoesOn: string;
  readonly noText: string;
  readonly blank: string;
  readonly encrypted: Readonly<Record<"pgp" | "smime", string>>;
  readonly noKeys: string;
  readonly unreadable: string;
  readonly isKept: string;
  readonly problems: Readonly<Record<ReadingProblem, string>>;
  readonly event: EventWords;
  readonly eventLabels: Readonly<Record<EventLabel, string>>;
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
    textGoesOn: "The text goes on; save the message to read the rest.",
    noText: "This message has no text.",
    blank: "This message has no text, or its sender hides it.",
    encrypted: { pgp: "Encrypted with OpenPGP", smime: "Encrypted with S/MIME" },
    noKeys: "The reader holds no keys. Save the message and open it in a program that has yours.",
    unreadable: "This message could not be read",
    isKept: "It is kept exactly as it came. Its source can be looked at, and it can be saved.",
    problems: {
      "header-cut": "Its header is larger than is read here. Parts of it were left out.",
      "parts-cut": "It has more parts than are read here. The rest of it is not shown.",
      "nesting-cut": "Its parts are nested deeper than is read here. They are kept together as one attachment.",
      "too-large": "It is larger than is read here. Save it and open it with another program.",
      "took-too-long": "It took too long to read. Look at its source, or save it.",
      unreadable: "It cannot be read. Look at its source, or save it.",
    },
    event: ENGLISH_EVENT,
    eventLabels: EVENT_LABELS,
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
