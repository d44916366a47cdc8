// A message as one page to print. Bodies stand in shadow trees: no style of theirs reaches our lines about the sender.
import type { MailAddress, MessageBody, TextBlock } from "../../../message/index.ts";
import type { Reading } from "../reading.ts";
import { bodyHeaders } from "./headers.ts";
import type { ContentCall } from "./index.ts";

export async function sendPrint(reading: Reading, call: ContentCall): Promise<Response> {
  const { account, messageId, origin } = call;
  const { summary, bodies, parts } = await reading.read(account, messageId);
  const images = call.query("images") === "1" ? "shown" : "blocked";
  const shown: string[] = [];
  for (const body of bodies) {
    const html =
      body.kind === "html" && !body.isTooLarge
        ? (await reading.html({ account, messageId, part: body.part }, { images, theme: "as-sent", origin })).html
        : undefined;
    shown.push(html === undefined ? textBody(body) : `<div><template shadowrootmode="open">${html}</template></div>`);
  }
  const rows = [
    row("From", addresses(summary.from)),
    row("To", addresses(summary.to)),
    row("Cc", addresses(summary.cc)),
    row("Date", summary.sentAt === undefined ? "" : new Date(summary.sentAt).toUTCString()),
    row("Attached", parts.map(({ fileName }) => fileName).join(", ")),
  ];
  const subject = escaped(summary.subject);
  return new Response(
    `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>${subject}</title>
<style>
body { font: 11pt/1.5 system-ui, sans-serif; margin: 2rem; }
h1 { font-size: 1.3rem; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: 0 1rem; border-block-end: 1px solid; padding-block-end: .5rem; }
dd { margin: 0; }
pre { white-space: pre-wrap; overflow-wrap: anywhere; font: inherit; unicode-bidi: plaintext; }
</style>
</head>
<body>
<h1 dir="auto">${subject}</h1>
<dl>${rows.join("")}</dl>
${shown.join("\n")}
</body>
</html>
`,
    { headers: bodyHeaders(origin) },
  );
}

function row(label: string, value: string): string {
  return value === "" ? "" : `<dt>${label}</dt><dd dir="auto">${escaped(value)}</dd>`;
}

function addresses(list: readonly MailAddress[]): string {
  return list.map(({ name, address }) => (name === "" ? address : `${name} <${address}>`)).join(", ");
}

/** Pictures are listed among what is attached. */
function textBody(body: MessageBody): string {
  switch (body.kind) {
    case "text":
      return textBlocks(body.blocks);
    case "html":
      return textBlocks(body.text);
    case "calendar": {
      const { title, starts, ends, repeats, place, organiser, notes } = body.event;
      return paragraph([title, starts, ends, repeats, place, organiser, notes]);
    }
    case "delivery-report":
      return body.report.recipients
        .map(({ address, action, status, words }) => paragraph([address, `${action} ${status}`.trim(), words]))
        .join("\n");
    case "image":
    case "encrypted":
      return "";
  }
}

function paragraph(lines: readonly string[]): string {
  return `<pre dir="auto">${escaped(lines.filter((line) => line !== "").join("\n"))}</pre>`;
}

function textBlocks(blocks: readonly TextBlock[]): string {
  return blocks.map(({ quote, text }) => `<pre dir="auto">${escaped(quoted(text, quote))}</pre>`).join("\n");
}

function quoted(text: string, depth: number): string {
  if (depth === 0) return text;
  const mark = `${">".repeat(Math.min(depth, 20))} `;
  return text
    .split("\n")
    .map((line) => mark + line)
    .join("\n");
}

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? "");
}
