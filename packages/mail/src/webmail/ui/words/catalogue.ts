// Every text of the reader: a translation is one more file of this shape. ICU MessageFormat; keys say where a text stands.
// Names of people, mailboxes and servers come in as values and are never part of a sentence's grammar.

export const CATALOGUE = {
  "app.name": "Restante",
  "app.skip": "Skip to the messages",
  "app.loading": "Opening your mail…",
  "app.title": "{unread, plural, =0 {{place} · Restante} other {({unread, number}) {place} · Restante}}",
  "app.failed": "The reader stopped here",
  "app.failed.more": "Nothing is lost: your mail is on the server. Reload to go on.",
  "app.reload": "Reload",
  "app.again": "Try again",
  "app.signed-out": "This browser is not signed in",
  "app.signed-out.more":
    "Open the web address that Restante printed when it started. It holds a key that opens your mail once.",
  "app.unreachable": "Restante does not answer",
  "app.unreachable.more": "Is it still running? The reader tries again by itself.",

  "refusal.unreachable": "Restante does not answer.",
  "refusal.slow": "Restante took too long to answer.",
  "refusal.unreadable": "Restante answered something the reader does not understand. Reload the page.",
} as const;

export type WordId = keyof typeof CATALOGUE;
