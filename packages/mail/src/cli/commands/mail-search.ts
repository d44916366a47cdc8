import { argument, text, type CliCommand } from "../command.ts";
import { warn } from "../io.ts";
import { searchProblem } from "./mail/problem-texts.ts";
import { ACCOUNT, printRows, readerOf, scopeOf } from "./mail/with-reader.ts";

export const mailSearch: CliCommand = {
  name: "mail search",
  summary: "search the mail of a running post office",
  arguments: [{ name: "query", summary: "words, and operators such as from:anna, has:attachment, is:unread" }],
  options: { after: { value: "CURSOR", summary: "what follows the list before" }, ...ACCOUNT },
  examples: ["restante mail search regatta", "restante mail search 'from:anna has:attachment' --json"],
  async run(input, io) {
    const { values } = input;
    const reader = await readerOf(values, io);
    const after = text(values, "after");
    const found = await reader.ask("search", {
      account: await scopeOf(reader, values),
      q: argument(input, "query"),
      ...(after === undefined ? {} : { after }),
    });
    for (const problem of found.problems) warn(io, searchProblem(problem));
    printRows(found, { values, io });
    return 0;
  },
};
