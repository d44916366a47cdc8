import { argument, isSet, type CliCommand } from "../command.ts";
import { CliError } from "../failure.ts";
import { printJson, printLine } from "../io.ts";
import { askLine } from "../ask.ts";
import { withOffice } from "../reach.ts";
import { HOUSE_OPTIONS } from "../settings.ts";

export const accountRemove: CliCommand = {
  name: "account remove",
  summary: "remove an account with its logins, its addresses and all its mail",
  arguments: [{ name: "name", summary: "the account" }],
  options: { yes: { summary: "do not ask" }, ...HOUSE_OPTIONS },
  examples: ["restante account remove anna", "restante account remove anna --yes"],
  async run(input, io) {
    const name = argument(input, "name");
    await withOffice({ values: input.values, io }, async (office) => {
      if (!isSet(input.values, "yes")) {
        const account = (await office.call("account.list", {})).find((candidate) => candidate.name === name);
        if (account === undefined)
          throw new CliError(
            "not-found",
            `there is no account ${JSON.stringify(name)}; restante account list shows those there are`,
          );
        if (io.stdin.isTTY !== true)
          throw new CliError(
            "usage",
            `this would remove ${name} with ${account.messages} messages for good; add --yes to do it`,
          );
        const answer = await askLine(
          io,
          `Remove ${name} with ${account.messages} messages, for good? Type the name again: `,
        );
        if (answer !== name) throw new CliError("usage", "nothing was removed; the names differ");
      }
      await office.call("account.remove", { name });
    });
    if (isSet(input.values, "json")) printJson(io, { name, removed: true });
    else printLine(io, `${name} is removed.`);
    return 0;
  },
};
