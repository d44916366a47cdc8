import { once } from "node:events";
import type { Entry, PopSession } from "@restante/pop/client";
import { syncFolder } from "../../files/index.ts";
import { renderOctets } from "../../observe/index.ts";
import { isSet, text, type CliCommand } from "../command.ts";
import { EXIT } from "../exit-codes.ts";
import { CliError } from "../failure.ts";
import { printJson, printLine, warn, type Io } from "../io.ts";
import { FileNames, makeDirectory, writeMessageFile } from "./pop/message-files.ts";
import { POP_OPTIONS, popAuth, popTarget, URL_ARGUMENT } from "./pop/options.ts";
import { MESSAGES_ARGUMENT, SELECT_OPTIONS, selected, selectionOf } from "./pop/select.ts";
import { withSession } from "./pop/session.ts";
import { Progress } from "../progress.ts";

const LINE_ENDS = ["as-sent", "crlf", "lf"] as const;

interface Fetched {
  readonly n: number;
  readonly uniqueId: string | null;
  readonly octets: number;
  readonly sha256: string | undefined;
  /** False: a file of that name was there already. */
  readonly written: boolean;
  readonly file: string;
}

export const popGet: CliCommand = {
  name: "pop get",
  summary: "fetch messages octet for octet: one to standard output, or a file each into a directory",
  arguments: [URL_ARGUMENT, MESSAGES_ARGUMENT],
  options: {
    ...SELECT_OPTIONS,
    output: {
      short: "o",
      value: "DIR",
      summary: "a file each, named by unique-id; what is there already stays as it is",
      completes: "directory",
    },
    "line-ends": { value: "KIND", summary: "as-sent (default), crlf or lf", completes: LINE_ENDS },
    ...POP_OPTIONS,
  },
  examples: [
    "restante pop get pops://anna@pop.example.org 3 > letter.eml",
    "restante pop get pops://anna@pop.example.org --all --output mail/",
    "restante pop get pops://anna@pop.example.org --unique-id 0001f2 --line-ends lf",
  ],
  async run(input, io) {
    const { values } = input;
    const target = popTarget(input, io);
    const selection = selectionOf(input);
    const lineEnds = lineEndsOf(text(values, "line-ends"));
    const directory = text(values, "output");
    const isJson = isSet(values, "json");
    if (isJson && directory === undefined)
      throw new CliError("usage", "--json needs --output DIR: without it, standard output is the message");
    const auth = await popAuth(target, input, io);
    const ended = withSession(target, auth, async (session) => {
      const listing = await session.list();
      const entries = selected(listing, selection);
      if (directory === undefined) {
        await toStandardOutput(session, { entries, lineEnds, io });
        return EXIT.OK;
      }
      const names = new FileNames(listing.duplicateUniqueIds);
      const fetched = await toDirectory(session, { entries, names, lineEnds, directory, io });
      if (isJson) printJson(io, { messages: fetched });
      else tell(fetched, { names, directory, io });
      return EXIT.OK;
    });
    return ended.catch((error: unknown) => {
      if (hasSeenEnough(error)) return EXIT.OK;
      throw error;
    });
  },
};

type LineEnds = (typeof LINE_ENDS)[number];

function lineEndsOf(written: string | undefined): LineEnds {
  const found = LINE_ENDS.find((kind) => kind === (written ?? "as-sent"));
  if (found !== undefined) return found;
  throw new CliError("usage", `--line-ends ${written ?? ""} is unknown; write one of ${LINE_ENDS.join(", ")}`);
}

interface Wanted {
  readonly entries: readonly Entry[];
  readonly lineEnds: LineEnds;
  readonly io: Io;
}

async function toStandardOutput(session: PopSession, { entries, lineEnds, io }: Wanted): Promise<void> {
  const [entry, ...more] = entries;
  if (entry === undefined) throw new CliError("NO_SUCH_MESSAGE", "there are no messages");
  if (more.length > 0)
    throw new CliError(
      "usage",
      `standard output takes one message, and these are ${entries.length}; give --output DIR`,
    );
  const stream = session.retrieve(entry.n, { lineEnds });
  for await (const chunk of stream) if (!io.stdout.write(chunk)) await once(io.stdout, "drain");
  await stream.done;
  await written(io);
}

/** Rejects when whoever reads has gone: then the message is nowhere, and at QUIT some servers remove what was retrieved. */
function written({ stdout }: Io): Promise<void> {
  return new Promise((resolve, reject) => {
    stdout.write("", (error) => (error instanceof Error ? reject(error) : resolve()));
  });
}

/** A reader that has seen enough is no error. */
function hasSeenEnough(error: unknown): boolean {
  return ["EPIPE", "ERR_STREAM_DESTROYED"].includes(String((error as NodeJS.ErrnoException).code));
}

async function toDirectory(
  session: PopSession,
  { entries, names, lineEnds, directory, io }: Wanted & { readonly directory: string; readonly names: FileNames },
): Promise<readonly Fetched[]> {
  makeDirectory(directory);
  const wanted = new Set(entries.map(({ n }) => n));
  const progress = new Progress(io);
  const fetched: Fetched[] = [];
  try {
    for await (const message of session.messages({ where: ({ n }) => wanted.has(n) })) {
      const { n, uniqueId } = message;
      let octets = 0;
      let sha256: string | undefined;
      async function* retrieved(): AsyncGenerator<Uint8Array> {
        const stream = message.retrieve({ digest: "sha256", lineEnds });
        for await (const chunk of stream) {
          octets += chunk.length;
          yield chunk;
        }
        // Half a message never gets a name.
        ({ sha256 } = await stream.done);
      }
      const { file, written } = await writeMessageFile(directory, {
        name: names.of(message),
        nameByOctets: () => names.byOctets(message, sha256 ?? ""),
        octets: retrieved,
      });
      fetched.push({ n, uniqueId, octets: written ? octets : message.octets, sha256, written, file });
      progress.show(`fetching: ${fetched.length} of ${entries.length}`);
    }
  } finally {
    progress.clear();
    // So that the names, too, are on the disk.
    await syncFolder(directory);
  }
  return fetched;
}

function tell(
  fetched: readonly Fetched[],
  { names, directory, io }: { readonly names: FileNames; readonly directory: string; readonly io: Io },
): void {
  const written = fetched.filter((one) => one.written);
  const octets = written.reduce((sum, one) => sum + one.octets, 0);
  const there = fetched.length - written.length;
  printLine(io, `${directory}: ${written.length} written (${renderOctets(octets)}), ${there} there already.`);
  for (const one of fetched)
    if (names.of(one) === undefined)
      warn(io, `warning: message ${one.n} has no unique-id of its own; its file is named by its octets: ${one.file}`);
}
