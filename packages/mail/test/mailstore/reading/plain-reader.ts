// A parser of plain messages, for tests of the index: header fields on one line each, a body of text. It counts what it
// was asked, can be held, and fails where a message says so.
import type { MailAddress, MailReader, MessageSummary } from "../../../src/message/index.ts";

export interface PlainReader extends Pick<MailReader, "summarize"> {
  /** Messages it was asked for. */
  asked: number;
}

export function plainReader(o: { readonly hold?: Promise<void> } = {}): PlainReader {
  const reader: PlainReader = {
    asked: 0,
    async summarize(octets) {
      reader.asked += 1;
      await o.hold;
      return summaryOf(Buffer.from(octets).toString("utf8"));
    },
  };
  return reader;
}

/** Throws for a message that says `X-Broken: yes`. */
function summaryOf(text: string): MessageSummary {
  const [head = "", ...body] = text.split("\r\n\r\n");
  const fields = new Map(
    head.split("\r\n").map((line) => {
      const at = line.indexOf(":");
      return [line.slice(0, at).toLowerCase(), line.slice(at + 1).trim()] as const;
    }),
  );
  const field = (name: string): string => fields.get(name) ?? "";
  if (field("x-broken") === "yes") throw new Error("the parser failed");
  const subject = field("subject");
  const sentAt = Date.parse(field("date"));
  const references = idsIn(`${field("references")} ${field("in-reply-to")}`);
  return {
    subject,
    from: addressesIn(field("from")),
    to: addressesIn(field("to")),
    cc: addressesIn(field("cc")),
    replyTo: [],
    sentAt: Number.isNaN(sentAt) ? undefined : sentAt,
    id: idsIn(field("message-id"))[0],
    references,
    threadSubject: subject.replace(/^(?:(?:re|aw|fwd?): *)+/i, "").toLowerCase(),
    preview: body.join(" ").trim().slice(0, 200),
    attachments: field("x-attachments")
      .split(",")
      .map((name) => name.trim())
      .filter((name) => name !== ""),
    listId: undefined,
    isAutomatic: field("auto-submitted") !== "",
    text: body.join("\r\n\r\n"),
    isUnreadable: false,
  };
}

function idsIn(text: string): readonly string[] {
  return [...new Set([...text.matchAll(/<([^<>\s]+)>/g)].map(([, id]) => id ?? ""))];
}

function addressesIn(text: string): readonly MailAddress[] {
  return text
    .split(",")
    .map((one) => one.trim())
    .filter((one) => one !== "")
    .map((one) => {
      const [, name = "", address = one] = /^(.*?)\s*<([^<>]*)>$/.exec(one) ?? [];
      return { name: name.replaceAll('"', ""), address };
    });
}
