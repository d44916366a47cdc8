// The page that shows every picture of docs/reader once: what a screen is for, light and dark, on a desk and on a phone.

/** In the order of the page; a name is that of its four files. */
const GROUPS: readonly (readonly [title: string, screens: Readonly<Record<string, string>>])[] = [
  [
    "Reading",
    {
      inbox: "All inboxes, and a message with a sound",
      list: "The list alone",
      drawer: "The mailboxes, which on a phone are behind a button",
      conversation: "A conversation",
      html: "HTML mail, in a sandboxed frame, remote images off",
      invitation: "An invitation",
      "delivery-report": "A delivery report",
      details: "The details of a message",
      preview: "An attachment looked at",
      print: "The sheet that is printed",
      search: "A search",
      empty: "An empty mailbox",
    },
  ],
  [
    "Writing",
    {
      write: "An answer",
      "write-formatted": "Formatted text",
      drafts: "Drafts",
      outbox: "The outbox, with what became of each message",
    },
  ],
  [
    "Collecting",
    {
      "first-run": "A post office without an account",
      "add-source": "Adding mail",
      "add-source-question": "How long mail stays on its server",
      "first-download": "A first download",
      sources: "Sources",
      server: "What is on a server, and what will become of it",
      removal: "Before anything is removed from a server",
      removals: "What was removed from a server, when and why",
      activity: "What collecting does",
      questions: "What collecting asks",
      trouble: "A source in trouble",
    },
  ],
  [
    "Organising",
    {
      rules: "Rules",
      "rule-editor": "The editor of a rule, with how many messages it matches",
      mailboxes: "Mailboxes",
      labels: "Labels",
      addresses: "Addresses one writes from",
      transfer: "Import and export",
    },
  ],
  [
    "Settings and help",
    {
      settings: "Look",
      "settings-reading": "Reading",
      "settings-notifications": "Notifications",
      "settings-keyboard": "Keyboard",
      "settings-language": "Language",
      help: "Keys",
      door: "Nobody answers",
    },
  ],
];

const THEMES = ["light", "dark"] as const;

/** `names`: of all screens there are. Throws when one of them has no place on the page, or the page shows another. */
export function galleryPage(names: readonly string[]): string {
  const shown = GROUPS.flatMap(([, screens]) => Object.keys(screens));
  const strange = [...names, ...shown].filter((name) => !names.includes(name) || !shown.includes(name));
  if (strange.length > 0) throw new Error(`pictures and their page differ: ${strange.join(", ")}`);
  const parts = GROUPS.map(([title, screens]) =>
    [`## ${title}`, ...Object.entries(screens).map(([name, what]) => screenPart(name, what))].join("\n\n"),
  );
  return `${HEAD}\n\n${parts.join("\n\n")}\n`;
}

const HEAD = `# The screens of the reader

Each screen in light and dark, on a desk (1280 × 800) and on a phone (390 × 844), of the built product with its sample mail. Pictures and page are made by
\`node --conditions=restante-source scripts/screenshots.ts\`. How the reader is used: [reader.md](../operating/reader.md).

[Answering from the right address](answering-from-the-right-address.md) · [rules](rules.md) · [moving from Gmail](moving-from-gmail.md) ·
[moving from Thunderbird](moving-from-thunderbird.md)`;

function screenPart(name: string, what: string): string {
  const cells = (["desk", "phone"] as const).flatMap((size) =>
    THEMES.map((theme) => `![${what}, ${theme}, ${size}](${name}-${theme}-${size}.png)`),
  );
  return [
    `### ${what}`,
    "",
    "| Desk, light | Desk, dark | Phone, light | Phone, dark |",
    "| --- | --- | --- | --- |",
    `| ${cells.join(" | ")} |`,
  ].join("\n");
}
