import { isSet, text, type CliCommand } from "../command.ts";
import { CliError } from "../failure.ts";
import { ACCOUNT, printRows, readerOf, scopeOf } from "./mail/with-reader.ts";

const ROLES = ["inbox", "archive", "junk", "trash", "sent", "drafts"] as const;

export const mailList: CliCommand = {
  name: "mail list",
  summary: "list mail of a running post office, newest first",
  options: {
    in: { value: "PLACE", summary: "inbox (default), archive, junk, trash, sent or drafts", completes: ROLES },
    unread: { summary: "unread messages alone" },
    after: { value: "CURSOR", summary: "what follows the list before" },
    ...ACCOUNT,
  },
  examples: ["restante mail list", "restante mail list --account demo --unread --json"],
  async run({ values }, io) {
    const reader = await readerOf(values, io);
    const written = text(values, "in") ?? "inbox";
    const role = ROLES.find((one) => one === written);
    if (role === undefined) throw new CliError("usage", `--in is one of ${ROLES.join(", ")}`);
    const after = text(values, "after");
    const page = await reader.ask("list", {
      account: await scopeOf(reader, values),
      role,
      view: "messages",
      ...(isSet(values, "unread") ? { unread: "1" } : {}),
      ...(after === undefined ? {} : { after }),
    });
    printRows(page, { values, io });
    return 0;
  },
};
