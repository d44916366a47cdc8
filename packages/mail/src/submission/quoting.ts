// Quoted text in a plain reply, and the head of a forwarded message.
import type { MailAddress, TextBlock } from "../message/index.ts";
import { headerText } from "./header-text.ts";

/** The text a person sees, quoted once more; a signature is left out. */
export function quoteText(blocks: readonly TextBlock[]): string {
  return blocks
    .filter(({ isSignature }) => !isSignature)
    .flatMap(({ quote, text }) =>
      text
        .replace(/\n$/, "")
        .split("\n")
        .map((line) => quoted(line, quote + 1)),
    )
    .join("\n");
}

function quoted(line: string, depth: number): string {
  const marks = ">".repeat(Math.min(depth, 20));
  return line === "" ? marks : `${marks} ${line}`;
}

export interface ForwardedHead {
  readonly from: readonly MailAddress[];
  readonly to: readonly MailAddress[];
  readonly cc: readonly MailAddress[];
  readonly subject: string;
  readonly date: string;
}

/** The lines above a message that is forwarded inline. */
export function forwardedHead(
  head: ForwardedHead,
  labels: Readonly<Record<"title" | "from" | "to" | "cc" | "date" | "subject", string>>,
): string {
  const rows: readonly (readonly [string, string])[] = [
    [labels.from, head.from.map(written).join(", ")],
    [labels.date, head.date],
    [labels.subject, headerText(head.subject)],
    [labels.to, head.to.map(written).join(", ")],
    [labels.cc, head.cc.map(written).join(", ")],
  ];
  const lines = rows.filter(([, text]) => text !== "").map(([label, text]) => `${label}: ${text}`);
  return [`---------- ${labels.title} ----------`, ...lines, ""].join("\n");
}

function written({ name, address }: MailAddress): string {
  return name === "" ? address : `${headerText(name)} <${address}>`;
}
