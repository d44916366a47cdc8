// Rows and cards as the API gives them, with what a test does not care about filled in.
import type { Card, Row, TextBlock } from "../../../src/webmail/api/schema/index.ts";

export function aRow(of: Partial<Row> = {}): Row {
  return {
    account: "1",
    messageId: 9,
    messageIds: [9],
    whole: null,
    conversation: 4,
    count: 1,
    mailbox: "A",
    role: "inbox",
    senders: [{ name: "Mina", address: "mina@harbour.example", shown: "Mina", isMe: false }],
    to: [],
    subject: "Tables",
    preview: "",
    date: 0,
    octets: 1,
    attachments: 0,
    isUnread: false,
    isStarred: false,
    labels: [],
    origin: { kind: "delivered", name: "demo" },
    server: null,
    isUnreadable: false,
    ...of,
  };
}

export function aCard(of: Partial<Card> = {}): Card {
  return {
    account: "1",
    messageId: 9,
    mailbox: "INBOX",
    role: "inbox",
    from: [],
    to: [],
    preview: "",
    date: 0,
    labels: [],
    isUnread: false,
    isStarred: false,
    attachments: 0,
    isNewOutsider: false,
    ...of,
  };
}

export function aBlock(text: string, quote = 0, of: Partial<TextBlock> = {}): TextBlock {
  return { text, quote, links: [], isSignature: false, ...of };
}
