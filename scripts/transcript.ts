// The session shown in README.md: the built server started as `npm start` starts it, and a POP3 conversation with it as
// it went over the socket. What differs from run to run (password, unique-ids) is replaced by words.
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { connect, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { root } from "./house/command.ts";

const START = "<!-- transcript: made by npm run docs -->";
const END = "<!-- end of transcript -->";
const LINES_SHOWN = 4;
const DEADLINE_MS = 60_000;

interface Ready {
  readonly listeners: readonly { readonly protocol: string; readonly port: number }[];
  readonly accounts: readonly { readonly user: string; readonly password: string }[];
}

/** README.md with the transcript between its two marks made anew. Throws when a mark is missing. */
export async function withTranscript(readme: string): Promise<string> {
  const from = readme.indexOf(START);
  const to = readme.indexOf(END);
  if (from < 0 || to < from) throw new Error(`README.md has no place for the transcript: ${START} … ${END}`);
  const text = await transcript();
  return `${readme.slice(0, from + START.length)}\n\n\`\`\`text\n${text}\n\`\`\`\n\n${readme.slice(to)}`;
}

async function transcript(): Promise<string> {
  const data = await mkdtemp(join(tmpdir(), "restante-transcript-"));
  const server = startServer(data);
  try {
    const ready = await readyLine(server);
    const account = ready.accounts.find(({ user }) => user === "demo");
    const port = ready.listeners.find(({ protocol }) => protocol === "pop3")?.port;
    if (account === undefined || port === undefined)
      throw new Error("restante up --demo said neither account nor port");
    return await conversation(port, account);
  } finally {
    server.kill("SIGTERM");
    if (server.exitCode === null) await once(server, "exit");
    await rm(data, { recursive: true, force: true });
  }
}

function startServer(data: string): ChildProcess {
  const listen = ["pop3", "pop3s", "pop2", "pop1", "lmtp", "web"].flatMap((protocol) => [
    "--listen",
    `${protocol}=127.0.0.1:0`,
  ]);
  const program = join(root, "packages/mail/bin/restante.js");
  const args = [program, "up", "--demo", "--json", "--data", data, ...listen];
  return spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"], timeout: DEADLINE_MS });
}

async function readyLine(server: ChildProcess): Promise<Ready> {
  if (server.stdout === null) throw new Error("the server has no standard output");
  for await (const line of createInterface({ input: server.stdout })) {
    const event = JSON.parse(line) as { readonly event: string };
    if (event.event !== "ready") continue;
    server.stdout.resume();
    return event as unknown as Ready;
  }
  throw new Error("restante up ended before it was ready");
}

/** Says the commands one after the other and writes both sides down. */
async function conversation(
  port: number,
  account: { readonly user: string; readonly password: string },
): Promise<string> {
  const socket = connect({ host: "127.0.0.1", port });
  socket.setTimeout(DEADLINE_MS, () => socket.destroy(new Error("the server went silent")));
  const replies = replyReader(socket);
  const lines = shown(await replies(false));
  const commands: readonly (readonly [string, boolean])[] = [
    [`USER ${account.user}`, false],
    [`PASS ${account.password}`, false],
    ["STAT", false],
    ["LIST", true],
    ["UIDL 1", false],
    ["TOP 1 2", true],
    ["DELE 1", false],
    ["QUIT", false],
  ];
  for (const [command, multiline] of commands) {
    socket.write(`${command}\r\n`);
    lines.push(`C: ${command.replace(account.password, "(the password npm start printed)")}`);
    const reply = await replies(multiline);
    lines.push(...shown(command.startsWith("UIDL") ? withoutUniqueId(reply) : reply));
  }
  socket.destroy();
  return lines.join("\n");
}

function replyReader(socket: Socket): (multiline: boolean) => Promise<readonly string[]> {
  const lines = createInterface({ input: socket, crlfDelay: Infinity })[Symbol.asyncIterator]();
  const next = async (): Promise<string> => {
    const line = await lines.next();
    if (line.done === true) throw new Error("the server closed the connection in the middle of a reply");
    return line.value;
  };
  return async (multiline) => {
    const reply = [await next()];
    if (reply[0]?.startsWith("+OK") !== true) throw new Error(`the server refused: ${reply[0] ?? ""}`);
    while (multiline && reply.at(-1) !== ".") reply.push(await next());
    return reply;
  };
}

/** The first lines of a long reply, and its last. */
function shown(reply: readonly string[]): string[] {
  const [status = "", ...rest] = reply;
  const short = rest.length <= LINES_SHOWN + 2 ? rest : [...rest.slice(0, LINES_SHOWN), "…", "."];
  return [status, ...short].map((line) => `S: ${line}`);
}

/** A unique-id differs from one data directory to the next. */
function withoutUniqueId(reply: readonly string[]): readonly string[] {
  return reply.map((line) => line.replace(/^\+OK (\d+) \S+$/, "+OK $1 (its unique-id)"));
}
