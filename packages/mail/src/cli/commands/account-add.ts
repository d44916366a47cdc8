import { argument, isSet, text, type CliCommand } from "../command.ts";
import { printJson, printLine } from "../io.ts";
import { chosenPassword, PASSWORD_OPTIONS } from "../password.ts";
import { withOffice } from "../reach.ts";
import { HOUSE_OPTIONS } from "../settings.ts";

export const accountAdd: CliCommand = {
  name: "account add",
  summary: "make an account, with a generated password unless you choose one",
  arguments: [
    { name: "name", summary: "what the account is called; also its login, and its address at every domain of ours" },
  ],
  options: {
    ...PASSWORD_OPTIONS,
    "pop-delete": {
      value: "POLICY",
      summary: "what a POP client's deletion does: trash 30d, remove or hide",
      completes: ["trash 30d", "remove", "hide"],
    },
    ...HOUSE_OPTIONS,
  },
  examples: [
    "restante account add anna",
    "restante account add anna --ask",
    "restante account add anna --pop-delete remove --json",
  ],
  async run(input, io) {
    const name = argument(input, "name");
    const password = await chosenPassword(input.values, io);
    const popDelete = text(input.values, "pop-delete");
    const made = await withOffice({ values: input.values, io, create: true }, (office) =>
      office.call("account.add", {
        name,
        ...(password === undefined ? {} : { password }),
        ...(popDelete === undefined ? {} : { popDelete }),
      }),
    );
    if (isSet(input.values, "json")) printJson(io, { name: made.login, login: made.login, password: made.password });
    else if (password !== undefined) printLine(io, `Account ${made.login} is there, with the password you chose.`);
    else printLine(io, `Account ${made.login} is there. Its password, shown only now:\n\n  ${made.password}\n`);
    return 0;
  },
};
