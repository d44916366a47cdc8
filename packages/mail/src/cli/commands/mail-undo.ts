import { argument, isSet, type CliCommand } from "../command.ts";
import { printJson, printLine } from "../io.ts";
import { HOUSE_OPTIONS } from "../settings.ts";
import { readerOf } from "./mail/with-reader.ts";

export const mailUndo: CliCommand = {
  name: "mail undo",
  summary: "take an act back",
  arguments: [{ name: "token", summary: "what restante mail act printed" }],
  options: HOUSE_OPTIONS,
  examples: ["restante mail undo 90DxhfStI6DUKwy6E4K5OA"],
  async run(input, io) {
    const acted = await (await readerOf(input.values, io)).ask("undo", { undo: argument(input, "token") });
    if (isSet(input.values, "json")) printJson(io, acted);
    else printLine(io, `${acted.changed} are as they were.${leftText(acted.left)}${goneText(acted.gone)}`);
    return 0;
  },
};

function leftText(left: number): string {
  return left === 0 ? "" : ` ${left} were moved since and stay where they are.`;
}

function goneText(gone: number): string {
  return gone === 0 ? "" : ` ${gone} were deleted for good since.`;
}
