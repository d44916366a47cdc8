import { argument, isSet, type CliCommand } from "../command.ts";
import { printJson, printLine } from "../io.ts";
import { withOffice } from "../reach.ts";
import { HOUSE_OPTIONS } from "../settings.ts";

export const accountExpire: CliCommand = {
  name: "account expire",
  summary: "say after how many days mail that is left in an account's POP maildrop goes by itself",
  arguments: [
    { name: "name", summary: "the account" },
    { name: "days", summary: "1 to 9999; 0 removes at QUIT what was retrieved; never keeps everything" },
  ],
  options: HOUSE_OPTIONS,
  examples: ["restante account expire anna 30", "restante account expire anna never"],
  async run(input, io) {
    const [name, days] = [argument(input, "name"), argument(input, "days")];
    const set = await withOffice({ values: input.values, io }, (office) =>
      office.call("account.expire", { name, days }),
    );
    if (isSet(input.values, "json")) printJson(io, { name, expireDays: set.expireDays });
    else printLine(io, SENTENCES[set.expireDays ?? "never"]?.(name) ?? afterDays(name, set.expireDays ?? 0));
    return 0;
  },
};

const SENTENCES: Readonly<Record<string, (name: string) => string>> = {
  never: (name) => `No mail of ${name} goes by itself.`,
  0: (name) => `What a POP client retrieves from ${name} goes when it says QUIT.`,
};

function afterDays(name: string, days: number): string {
  return `Mail in the POP maildrop of ${name} goes ${days} days after it came, and not before ${days} days from now.`;
}
