import { argument, isSet, type CliCommand } from "../command.ts";
import { CliError } from "../failure.ts";
import { printJson, printLine } from "../io.ts";
import { HOUSE_OPTIONS } from "../settings.ts";
import { readerOf, refOf } from "./mail/with-reader.ts";

const ACTS = ["read", "unread", "star", "unstar", "archive", "junk", "not-junk", "trash"] as const;

export const mailAct: CliCommand = {
  name: "mail act",
  summary: "mark, star, archive or trash messages; prints what takes it back",
  arguments: [
    { name: "act", summary: ACTS.join(", "), completes: ACTS },
    { name: "messages", summary: "ACCOUNT/ID each", many: true },
  ],
  options: HOUSE_OPTIONS,
  examples: ["restante mail act archive 1/24 1/25", "restante mail act read 1/24 --json"],
  async run(input, io) {
    const written = argument(input, "act");
    const kind = ACTS.find((one) => one === written);
    if (kind === undefined) throw new CliError("usage", `${written} is no act; write one of ${ACTS.join(", ")}`);
    const on = (input.lists["messages"] ?? []).map(refOf);
    if (on.length === 0) throw new CliError("usage", "name at least one message, such as 1/24");
    const acted = await (await readerOf(input.values, io)).ask("act", { act: { kind }, on });
    if (isSet(input.values, "json")) printJson(io, acted);
    else if (acted.undo === null) printLine(io, "Nothing to change: it is so already.");
    else printLine(io, `${acted.changed} changed. Take it back: restante mail undo ${acted.undo}`);
    return 0;
  },
};
