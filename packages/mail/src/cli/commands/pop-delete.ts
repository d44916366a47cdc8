import { masking } from "../../retriever/index.ts";
import { isSet, type CliCommand } from "../command.ts";
import { EXIT } from "../exit-codes.ts";
import { printJson, printLine } from "../io.ts";
import { POP_OPTIONS, popAuth, popTarget, URL_ARGUMENT } from "./pop/options.ts";
import { MESSAGES_ARGUMENT, SELECT_OPTIONS, selected, selectionOf } from "./pop/select.ts";
import { withSession } from "./pop/session.ts";

const SAID = {
  committed: "the server says they are removed",
  partial: "the server says that not all of them are removed; restante pop list shows what is left",
  unknown: "the connection ended before the server said whether they are removed; restante pop list shows what is left",
} as const;

export const popDelete: CliCommand = {
  name: "pop delete",
  summary: "remove messages: mark them all, then commit; one refusal, and nothing is removed",
  arguments: [URL_ARGUMENT, MESSAGES_ARGUMENT],
  options: {
    ...SELECT_OPTIONS,
    "dry-run": { summary: "mark them and take the marks back: nothing is removed" },
    ...POP_OPTIONS,
  },
  examples: [
    "restante pop delete pops://anna@pop.example.org --unique-id 0001f2",
    "restante pop delete pops://anna@pop.example.org 1-3 --dry-run",
  ],
  async run(input, io) {
    const target = popTarget(input, io);
    const selection = selectionOf(input);
    const isDry = isSet(input.values, "dry-run");
    const auth = await popAuth(target, input, io);
    return withSession(target, auth, async (session) => {
      const marked = selected(await session.list(), selection).map(({ n, uniqueId }) => ({ n, uniqueId }));
      await session.delete(marked.map(({ n }) => n));
      if (isDry) {
        if (isSet(input.values, "json")) printJson(io, { status: "dry-run", marked });
        else printLine(io, `${marked.length} could be marked; nothing was removed.`);
        return EXIT.OK;
      }
      const { status, text } = await session.commit();
      const said = text === undefined ? {} : { text: masking(auth)(text) };
      if (isSet(input.values, "json")) printJson(io, { status, ...said, marked });
      else printLine(io, `${marked.length} marked: ${SAID[status]}.`);
      return status === "committed" ? EXIT.OK : EXIT.TEMPFAIL;
    });
  },
};
