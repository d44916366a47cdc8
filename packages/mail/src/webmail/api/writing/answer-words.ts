// What stands above a message that is quoted or forwarded: in the words of who writes, or, when none came with the
// request, in names of header fields.
import type { AnswerWords } from "../schema/writing.ts";

export interface AnswerHead {
  /** The line above what is quoted; empty when nobody knows who wrote it. */
  readonly wrote: (o: { readonly who: string; readonly sentAt: number | undefined }) => string;
  readonly labels: Readonly<Record<"title" | "from" | "to" | "cc" | "date" | "subject", string>>;
  /** Milliseconds since the epoch, as a person reads it; empty for none. */
  readonly date: (sentAt: number | undefined) => string;
}

const FIELD_NAMES = {
  wrote: "{date}, {who}:",
  forwarded: "Forwarded message",
  from: "From",
  to: "To",
  cc: "Cc",
  date: "Date",
  subject: "Subject",
} as const;

export function answerHead(words: AnswerWords | undefined): AnswerHead {
  const { wrote, forwarded: title, from, to, cc, date, subject } = words ?? FIELD_NAMES;
  const dates = words === undefined ? undefined : datesOf(words);
  const written = (sentAt: number | undefined): string =>
    sentAt === undefined ? "" : (dates?.format(sentAt) ?? new Date(sentAt).toUTCString());
  return {
    wrote: ({ who, sentAt }) => {
      if (who === "") return "";
      if (sentAt === undefined) return `${who}:`;
      return oneLine(wrote).replace(/\{(date|who)\}/g, (_, name: string) => (name === "who" ? who : written(sentAt)));
    },
    labels: { title: oneLine(title), from, to, cc, date, subject },
    date: written,
  };
}

/** Undefined for a language or a zone nobody knows. */
function datesOf({ locale, timeZone }: AnswerWords): Intl.DateTimeFormat | undefined {
  try {
    return new Intl.DateTimeFormat(locale, { dateStyle: "full", timeStyle: "short", timeZone });
  } catch {
    return undefined;
  }
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, " ").trim();
}
