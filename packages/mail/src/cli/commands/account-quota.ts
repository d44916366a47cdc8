import { renderOctets } from "../../config/index.ts";
import { argument, isSet, text, type CliCommand } from "../command.ts";
import { printJson, printLine } from "../io.ts";
import { withOffice } from "../reach.ts";
import { HOUSE_OPTIONS } from "../settings.ts";

interface Quota {
  readonly quotaMessages: number | null;
  readonly quotaOctets: number | null;
}

export const accountQuota: CliCommand = {
  name: "account quota",
  summary: "say how much mail an account may hold, or show it",
  arguments: [{ name: "name", summary: "the account" }],
  options: {
    messages: { value: "NUMBER", summary: "the most messages, the trash counted; none for no limit" },
    size: { value: "SIZE", summary: "the most octets, such as 2GB; none for no limit" },
    ...HOUSE_OPTIONS,
  },
  examples: [
    "restante account quota anna --size 2GB --messages 100000",
    "restante account quota anna --size none",
    "restante account quota anna",
  ],
  async run(input, io) {
    const { values } = input;
    const name = argument(input, "name");
    const [messages, size] = [text(values, "messages"), text(values, "size")];
    const quota = await withOffice({ values, io }, (office) =>
      office.call("account.quota", {
        name,
        ...(messages === undefined ? {} : { messages }),
        ...(size === undefined ? {} : { size }),
      }),
    );
    if (isSet(values, "json")) printJson(io, { name, ...quota });
    else printLine(io, sentence(name, quota));
    return 0;
  },
};

function sentence(name: string, { quotaMessages, quotaOctets }: Quota): string {
  const limits = [
    ...(quotaMessages === null ? [] : [`${quotaMessages} messages`]),
    ...(quotaOctets === null ? [] : [renderOctets(quotaOctets)]),
  ];
  if (limits.length === 0) return `${name} may hold as much mail as the disk has room for.`;
  return `${name} may hold ${limits.join(" and ")}.`;
}
