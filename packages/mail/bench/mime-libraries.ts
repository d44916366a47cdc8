// Which library reads mail right, and at what price: ours beside the whole-message faces of mailparser and postal-mime, on the two
// corpora of test/fixtures. The other two are not dependencies; install them in a folder of their own and name it:
//   npm install --prefix FOLDER mailparser@3.14.2 postal-mime@4.0.0
//   node --conditions=restante-source packages/mail/bench/mime-libraries.ts FOLDER
// Each reader runs in a process of its own, so that its peak of memory is its own. Processor time, not wall time.
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { partContent } from "../src/message/reading/part-content.ts";
import { readMessage } from "../src/message/reading/read-message.ts";
import { expectedOf, mails } from "../test/message/corpus.ts";
import type { Expected, Mail } from "../test/message/corpus.ts";

/** What all three can be asked for. */
interface Reading {
  readonly subject: string;
  readonly from: string;
  readonly id: string;
  readonly text: string;
  readonly files: readonly { readonly name: string; readonly sha256: string }[];
  readonly bodies: number;
}

type Read = (octets: Uint8Array) => Promise<Reading>;

const [folder = ".", only] = process.argv.slice(2);
const require = createRequire(join(folder, "package.json"));

const READERS: Readonly<Record<string, () => Read>> = {
  restante: () => async (octets) => {
    const message = await readMessage(new Uint8Array(octets), { now: Date.now(), isHeaderOnly: false });
    const files = await Promise.all(
      message.parts.map(async ({ part, fileName }) => ({
        name: fileName,
        sha256: sha256((await partContent(new Uint8Array(octets), part))?.content ?? new Uint8Array()),
      })),
    );
    const texts = message.bodies.flatMap((body) =>
      body.kind === "text" ? body.blocks : body.kind === "html" ? body.text : [],
    );
    return {
      subject: message.summary.subject,
      from: message.summary.from.map(({ name, address }) => `${name} <${address}>`).join(),
      id: message.summary.id ?? "",
      text: texts.map(({ text }) => text).join("\n"),
      files,
      bodies: message.bodies.length,
    };
  },
  mailparser: () => {
    const { simpleParser } = require("mailparser") as {
      simpleParser: (octets: Uint8Array, o: object) => Promise<Mailparsed>;
    };
    const options = { skipHtmlToText: true, skipTextToHtml: true, skipImageLinks: true, skipTextLinks: true };
    return async (octets) => {
      const mail = await simpleParser(Buffer.from(octets), options);
      return {
        subject: mail.subject ?? "",
        from: (mail.from?.value ?? []).map(({ name, address }) => `${name} <${address ?? ""}>`).join(),
        id: (mail.messageId ?? "").replace(/^<|>$/g, ""),
        text: `${mail.text ?? ""}${mail.html === false ? "" : (mail.html ?? "")}`,
        files: mail.attachments.map(({ filename, content }) => ({ name: filename ?? "", sha256: sha256(content) })),
        bodies: [mail.text, mail.html].filter(Boolean).length,
      };
    };
  },
  "postal-mime": () => {
    const { default: PostalMime } = require("postal-mime") as {
      default: { parse: (octets: Uint8Array, o: object) => Promise<Postal> };
    };
    return async (octets) => {
      const mail = await PostalMime.parse(octets, { forceRfc822Attachments: true });
      return {
        subject: mail.subject ?? "",
        from: mail.from === undefined ? "" : `${mail.from.name} <${mail.from.address ?? ""}>`,
        id: (mail.messageId ?? "").replace(/^<|>$/g, ""),
        text: `${mail.text ?? ""}${mail.html ?? ""}`,
        files: mail.attachments.map(({ filename, content }) => ({
          name: filename ?? "",
          sha256: sha256(new Uint8Array(content)),
        })),
        bodies: [mail.text, mail.html].filter(Boolean).length,
      };
    };
  },
};

interface Mailparsed {
  readonly subject?: string;
  readonly from?: { readonly value: readonly { readonly name: string; readonly address?: string }[] };
  readonly messageId?: string;
  readonly text?: string;
  readonly html?: string | false;
  readonly attachments: readonly { readonly filename?: string; readonly content: Buffer }[];
}

interface Postal {
  readonly subject?: string;
  readonly from?: { readonly name: string; readonly address?: string };
  readonly messageId?: string;
  readonly text?: string;
  readonly html?: string;
  readonly attachments: readonly { readonly filename: string | null; readonly content: ArrayBuffer }[];
}

function sha256(octets: Uint8Array): string {
  return createHash("sha256").update(octets).digest("hex");
}

/** What of a mail came out other than its maker wrote down. */
function faults(reading: Reading, truth: Expected): readonly string[] {
  const from = truth.from.map(({ name, address }) => `${name} <${address}>`).join();
  const words = (truth.textContains ?? []).filter((text) => !reading.text.includes(text));
  const files = truth.attachments.filter(
    ({ filename, sha256: sum }) =>
      filename !== null && sum !== null && !reading.files.some((file) => file.name === filename && file.sha256 === sum),
  );
  return [
    ...(reading.subject === (truth.subject ?? "") ? [] : ["subject"]),
    ...(reading.from === from ? [] : ["from"]),
    ...(reading.id === truth.messageId ? [] : ["message-id"]),
    ...(words.length === 0 ? [] : ["text"]),
    ...(files.length === 0 ? [] : ["attachments"]),
  ];
}

async function processorMs(run: () => Promise<unknown>): Promise<number> {
  const before = process.cpuUsage();
  await run();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000;
}

async function measure(read: Read): Promise<Record<string, string | number>> {
  const expected = expectedOf();
  const benign = mails("benign");
  const wrong: string[] = [];
  for (const { file, octets } of benign) {
    const truth = expected.get(file);
    const found =
      truth === undefined
        ? []
        : await read(octets()).then(
            (reading) => faults(reading, truth),
            () => ["threw"],
          );
    if (found.length > 0) wrong.push(`${file.slice(0, 3)} ${found.join("+")}`);
  }
  const perMail =
    (await processorMs(async () => {
      for (let round = 0; round < 5; round++) for (const { octets } of benign) await read(octets());
    })) /
    (5 * benign.length);
  const threw: string[] = [];
  let slowest = { file: "", ms: 0 };
  const total = await processorMs(async () => {
    for (const { file, octets } of [...mails("hostile"), fifteenMegabytes()]) {
      const ms = await processorMs(() => read(octets()).catch(() => threw.push(file.slice(0, 4))));
      if (ms > slowest.ms) slowest = { file: file.slice(0, 12), ms };
    }
  });
  return {
    "benign: wrong": `${String(wrong.length)} of ${String(benign.length)}: ${wrong.join(", ")}`,
    "benign: ms a mail": perMail.toFixed(2),
    "hostile: threw": threw.join(" "),
    "hostile: ms in all": Math.round(total),
    "hostile: slowest": `${slowest.file} ${String(Math.round(slowest.ms))} ms`,
    "peak MB": Math.round(process.resourceUsage().maxRSS / 1_024),
  };
}

function fifteenMegabytes(): Mail {
  const mail = mails("hostile").find(({ file }) => file.startsWith("h88"));
  const text = Buffer.from(mail?.octets() ?? [])
    .toString("latin1")
    .trimEnd();
  const line = text.slice(text.lastIndexOf("\n"));
  const huge = Buffer.from(text + line.repeat(Math.ceil((15 * 1024 * 1024) / line.length)), "latin1");
  return { file: "h88-15-mb", octets: () => new Uint8Array(huge) };
}

const reader = only === undefined ? undefined : READERS[only];
if (reader !== undefined) process.stdout.write(JSON.stringify(await measure(reader())));
else {
  for (const name of Object.keys(READERS)) {
    const arguments_ = ["--conditions=restante-source", fileURLToPath(import.meta.url), folder, name];
    console.log(name, JSON.parse(execFileSync(process.execPath, arguments_, { encoding: "utf8" })));
  }
}
