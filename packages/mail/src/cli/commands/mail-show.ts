import { argument, isSet, type CliCommand } from "../command.ts";
import { printJson, printLine, type Io } from "../io.ts";
import type { ReaderAnswer } from "../../office/index.ts";
import { toSecond } from "../moments.ts";
import { HOUSE_OPTIONS } from "../settings.ts";
import { MESSAGE_PROBLEMS } from "./mail/problem-texts.ts";
import { readerOf, refOf } from "./mail/with-reader.ts";

export const mailShow: CliCommand = {
  name: "mail show",
  summary: "show one message as text, or its source",
  arguments: [{ name: "message", summary: "ACCOUNT/ID as restante mail list prints it" }],
  options: { source: { summary: "every octet as it was received" }, ...HOUSE_OPTIONS },
  examples: ["restante mail show 1/24", "restante mail show 1/24 --source > message.eml"],
  async run(input, io) {
    const { values } = input;
    const reader = await readerOf(values, io);
    const at = refOf(argument(input, "message"));
    if (isSet(values, "source")) {
      for await (const chunk of reader.octets(`/m/${at.account}/${at.messageId}/eml`)) io.stdout.write(chunk);
      return 0;
    }
    const message = await reader.ask("message", at);
    if (isSet(values, "json")) printJson(io, message);
    else printMessage(io, message);
    return 0;
  },
};

function printMessage(io: Io, message: ReaderAnswer<"message">): void {
  const names = (list: typeof message.from): string =>
    list.map(({ name, address }) => (name === "" ? address : `${name} <${address}>`)).join(", ");
  printLine(io, `From: ${names(message.from)}`);
  printLine(io, `To: ${names(message.to)}`);
  if (message.sentAt !== null) printLine(io, `Date: ${toSecond(message.sentAt)}`);
  printLine(io, `Subject: ${message.subject}`);
  for (const { fileName, octets } of message.parts) printLine(io, `Attached: ${fileName} (${octets} octets)`);
  for (const problem of message.problems) printLine(io, `Note: ${MESSAGE_PROBLEMS[problem]}`);
  for (const body of message.bodies) {
    const blocks = body.kind === "text" ? body.blocks : body.kind === "html" ? body.text : [];
    for (const { quote, text } of blocks)
      printLine(io, `\n${text.replace(/^/gm, quote === 0 ? "" : `${">".repeat(quote)} `)}`);
  }
}
