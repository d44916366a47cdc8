// Many letters for tests of plans and for benches, the same on every machine: a word in nearly all, others ever rarer,
// conversations of five, a quarter of them archived.
import { random } from "../../random.ts";

const vocabulary = 20_000;
const firstMs = Date.UTC(2016, 0, 1);
const spanMs = 10 * 365 * 24 * 3_600_000;

export interface Letter {
  readonly n: number;
  /** From 0. */
  readonly account: number;
  /** In its account, from 1. */
  readonly messageId: number;
  readonly isArchived: boolean;
  readonly keywords: readonly string[];
  readonly receivedAt: number;
  readonly source: string | undefined;
  readonly subject: string;
  readonly threadSubject: string;
  readonly from: { readonly name: string; readonly address: string };
  /** Message-ID without its brackets. */
  readonly id: string;
  readonly reference: string;
  readonly attachment: string | undefined;
  readonly text: string;
}

export function* letters(o: {
  readonly messages: number;
  readonly accounts: number;
  readonly words: number;
}): Generator<Letter> {
  const next = random(20_261_126);
  for (let n = 0; n < o.messages; n += 1) {
    const messageId = Math.floor(n / o.accounts) + 1;
    const thread = Math.floor(messageId / 5);
    const text = Array.from({ length: o.words }, () => `w${Math.floor(vocabulary * next() ** 3)}`).join(" ");
    yield {
      n,
      account: n % o.accounts,
      messageId,
      isArchived: messageId % 4 === 0,
      keywords: [...(n % 200 === 0 ? ["$flagged"] : []), ...(n % 10 === 0 ? [] : ["$seen"])],
      receivedAt: Math.floor(firstMs + (n / o.messages) * spanMs),
      source: n % 3 === 0 ? "isp" : undefined,
      subject: `subject ${n} of ${thread}`,
      threadSubject: `subject of ${thread}`,
      from: { name: `Person ${n % 997}`, address: `person${n % 997}@example.org` },
      id: `${n}@example.org`,
      reference: `thread-${thread}@example.org`,
      attachment: n % 20 === 0 ? "plan.pdf" : undefined,
      text: n % 20 === 0 ? text : `${text} common`,
    };
  }
}

const RECIPIENT = { name: "Robin", address: "robin@alder.example" };

/** The letter as it travels. `html` makes it one of those that are all tables and styles, of about a hundred kilobytes. */
export function letterOctets(letter: Letter, o: { readonly html: boolean }): Buffer {
  const { subject, from, id, reference, receivedAt, text } = letter;
  const head = [
    `From: ${from.name} <${from.address}>`,
    `To: ${RECIPIENT.name} <${RECIPIENT.address}>`,
    `Subject: ${subject}`,
    `Date: ${new Date(receivedAt).toUTCString().replace("GMT", "+0000")}`,
    `Message-ID: <${id}>`,
    `References: <${reference}>`,
    "MIME-Version: 1.0",
  ];
  const lines = o.html
    ? [...head, "Content-Type: text/html; charset=utf-8", "", ...htmlLines(letter)]
    : [...head, "Content-Type: text/plain; charset=utf-8", "", ...text.split(/(?<=(?:\S+ ){10})/)];
  return Buffer.from(`${lines.join("\r\n")}\r\n`);
}

const htmlOctets = 90_000;

function htmlLines({ subject, text }: Letter): readonly string[] {
  const row = `<tr><td style="padding:4px 8px;color:#334;background:#f4f6f8;border-bottom:1px solid #ccd"><b>${subject}</b></td>
<td style="font:14px/1.4 Arial,sans-serif"><a href="https://example.org/a?b=c">${text.slice(0, 120)}</a></td></tr>`;
  const rows = Array.from({ length: Math.floor(htmlOctets / row.length) }, () => row.replaceAll(/\r?\n/g, "\r\n"));
  const style = "<style>td{vertical-align:top}@media (max-width:600px){td{display:block}}</style>";
  return ["<!doctype html><html><head>", style, "</head><body><table>", ...rows, "</table></body></html>"];
}

export { RECIPIENT as LETTER_RECIPIENT };
