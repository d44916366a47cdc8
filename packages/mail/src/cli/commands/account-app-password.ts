import { argument, isSet, type CliCommand } from "../command.ts";
import { printJson, printLine } from "../io.ts";
import { withOffice } from "../reach.ts";
import { HOUSE_OPTIONS } from "../settings.ts";

export const accountAppPassword: CliCommand = {
  name: "account app-password",
  summary: "make a login of its own for one device or program, or remove it",
  arguments: [
    { name: "name", summary: "the account" },
    { name: "label", summary: "the device or program, such as phone" },
  ],
  options: { remove: { summary: "remove it instead; the device that has it can no longer log in" }, ...HOUSE_OPTIONS },
  examples: ["restante account app-password anna phone", "restante account app-password anna phone --remove"],
  async run(input, io) {
    const [name, label] = [argument(input, "name"), argument(input, "label")];
    const json = isSet(input.values, "json");
    if (isSet(input.values, "remove")) {
      const login = `${name}/${label}`;
      await withOffice({ values: input.values, io }, (office) => office.call("account.remove-app-password", { login }));
      if (json) printJson(io, { login, removed: true });
      else printLine(io, `${login} is removed.`);
      return 0;
    }
    const made = await withOffice({ values: input.values, io }, (office) =>
      office.call("account.app-password", { name, label }),
    );
    if (json) printJson(io, { login: made.login, password: made.password });
    else printLine(io, `Log in as ${made.login} with this password, shown only now:\n\n  ${made.password}\n`);
    return 0;
  },
};
