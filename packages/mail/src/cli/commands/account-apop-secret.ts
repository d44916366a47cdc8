import { argument, isSet, type CliCommand } from "../command.ts";
import { printJson, printLine } from "../io.ts";
import { withOffice } from "../reach.ts";
import { HOUSE_OPTIONS } from "../settings.ts";

export const accountApopSecret: CliCommand = {
  name: "account apop-secret",
  summary: "make a secret for APOP and CRAM-MD5, for mail programs that know nothing better, or remove it",
  arguments: [
    { name: "login", summary: "best an app password (name/label) of its own: it takes no password afterwards" },
  ],
  options: { remove: { summary: "remove it instead; the login's password opens it again" }, ...HOUSE_OPTIONS },
  examples: ["restante account apop-secret anna/eudora", "restante account apop-secret anna/eudora --remove"],
  async run(input, io) {
    const login = argument(input, "login");
    const json = isSet(input.values, "json");
    if (isSet(input.values, "remove")) {
      await withOffice({ values: input.values, io }, (office) => office.call("account.remove-apop-secret", { login }));
      if (json) printJson(io, { login, removed: true });
      else printLine(io, `The secret of ${login} is removed; its password opens it again.`);
      return 0;
    }
    const made = await withOffice({ values: input.values, io }, (office) =>
      office.call("account.apop-secret", { login }),
    );
    if (json) printJson(io, { login: made.login, secret: made.password });
    else {
      printLine(
        io,
        `Log in as ${made.login} by APOP or CRAM-MD5 with this secret, shown only now:\n\n  ${made.password}\n\n` +
          "Over POP no password opens this login any more. APOP is spoken only with apop = true in [pop].",
      );
    }
    return 0;
  },
};
