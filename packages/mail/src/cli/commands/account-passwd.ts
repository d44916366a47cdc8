import { argument, isSet, type CliCommand } from "../command.ts";
import { printJson, printLine } from "../io.ts";
import { chosenPassword, PASSWORD_OPTIONS } from "../password.ts";
import { withOffice } from "../reach.ts";
import { HOUSE_OPTIONS } from "../settings.ts";

export const accountPasswd: CliCommand = {
  name: "account passwd",
  summary: "give a login a new password, generated unless you choose one",
  arguments: [{ name: "login", summary: "an account, or one of its app passwords (name/label)" }],
  options: { ...PASSWORD_OPTIONS, ...HOUSE_OPTIONS },
  examples: [
    "restante account passwd anna",
    "restante account passwd anna --ask",
    "pass show mail | restante account passwd anna --password-stdin",
  ],
  async run(input, io) {
    const login = argument(input, "login");
    const password = await chosenPassword(input.values, io);
    const made = await withOffice({ values: input.values, io }, (office) =>
      office.call("account.passwd", { login, ...(password === undefined ? {} : { password }) }),
    );
    if (isSet(input.values, "json")) printJson(io, { login: made.login, password: made.password });
    else if (password !== undefined)
      printLine(io, `The password of ${made.login} is the one you chose. The old one opens nothing from now on.`);
    else printLine(io, `The new password of ${made.login}, shown only now:\n\n  ${made.password}\n`);
    return 0;
  },
};
