import { Pop3Error, type PopSession } from "@restante/pop/client";
import { isSet, text, type CliCommand } from "../command.ts";
import { EXIT } from "../exit-codes.ts";
import { CliError } from "../failure.ts";
import { JsonList } from "../io.ts";
import { POP_OPTIONS, popAuth, popTarget, URL_ARGUMENT } from "./pop/options.ts";
import { MESSAGES_ARGUMENT, SELECT_OPTIONS, selected, selectionOf } from "./pop/select.ts";
import { withSession } from "./pop/session.ts";

const LINES_MAX = 100_000;

export const popTop: CliCommand = {
  name: "pop top",
  summary: "print the headers of messages, and the first lines of their bodies",
  arguments: [URL_ARGUMENT, MESSAGES_ARGUMENT],
  options: {
    lines: { short: "n", value: "COUNT", summary: "so many lines of the body, too (default 0)" },
    ...SELECT_OPTIONS,
    ...POP_OPTIONS,
  },
  examples: [
    "restante pop top pops://anna@pop.example.org 3",
    "restante pop top pops://anna@pop.example.org 1- --lines 5 --json",
  ],
  async run(input, io) {
    const target = popTarget(input, io);
    const selection = selectionOf(input);
    const bodyLines = linesOf(text(input.values, "lines"));
    const auth = await popAuth(target, input, io);
    const isJson = isSet(input.values, "json");
    await withSession(target, auth, async (session) => {
      const json = new JsonList(io, "messages");
      for (const { n, octets, uniqueId } of selected(await session.list(), selection)) {
        const top =
          target.url.generation === undefined
            ? await topOf(session, n, bodyLines)
            : await session.headers(n, { bodyLines });
        // Octets of a message are no text in any known charset: one character an octet.
        if (isJson) json.push({ n, octets, uniqueId, text: top.toString("latin1") });
        else io.stdout.write(top);
      }
      if (isJson) json.end();
    });
    return EXIT.OK;
  },
};

/** Never by RETR: some servers remove what was retrieved, and whoever looks at a header wants the message to stay. Before POP3 there is no other way. */
async function topOf(session: PopSession, n: number, bodyLines: number): Promise<Buffer> {
  try {
    return await session.headers(n, { bodyLines, onlyTop: true });
  } catch (cause) {
    if (!Pop3Error.is(cause, "MESSAGE_REFUSED", "NO_SUCH_MESSAGE") || session.capabilities.top) throw cause;
    const message = `the server gives no header without the message (TOP); restante pop get ${n} fetches all of it`;
    throw new Pop3Error("UNSUPPORTED", { phase: "retrieve", message, n, serverText: cause.serverText, cause });
  }
}

function linesOf(written: string | undefined): number {
  if (written === undefined) return 0;
  const lines = /^\d{1,6}$/.test(written) ? Number(written) : NaN;
  if (lines <= LINES_MAX) return lines;
  throw new CliError("usage", `--lines ${written} is no number of lines up to ${LINES_MAX}`);
}
