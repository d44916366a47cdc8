import { argument, isSet, type CliCommand } from "../command.ts";
import { printJson, printLine } from "../io.ts";
import { withOffice } from "../reach.ts";
import { HOUSE_OPTIONS } from "../settings.ts";

export const kick: CliCommand = {
  name: "kick",
  summary: "end one session; nothing it marked is removed",
  arguments: [{ name: "session", summary: "as restante who shows it" }],
  options: HOUSE_OPTIONS,
  examples: [
    "restante kick 4f2a",
    "restante who --json | jq -r '.[] | select(.login == \"anna\") | .session' | xargs -n1 restante kick",
  ],
  async run(input, io) {
    const session = argument(input, "session");
    await withOffice({ values: input.values, io }, (office) => office.call("kick", { session }));
    if (isSet(input.values, "json")) printJson(io, { session, kicked: true });
    else printLine(io, `Session ${session} is ended.`);
    return 0;
  },
};
