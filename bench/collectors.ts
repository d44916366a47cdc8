// Programs that collect mail, each told to take everything of one maildrop and leave it there.
import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { measuredRun, type Measured } from "./measured-run.ts";

export interface Job {
  readonly port: number;
  readonly user: string;
  readonly password: string;
  readonly messages: number;
  /** Its own, empty. */
  readonly folder: string;
}

export interface Collector {
  readonly name: string;
  /** A round trip or more a message: not asked for a thousand. */
  readonly isSlow: boolean;
  /** Throws when it did not get every message. */
  collect(job: Job): Promise<Measured>;
}

const TIMEOUT_MS = 300_000;
const RESTANTE = fileURLToPath(new URL("../packages/mail/bin/restante.js", import.meta.url));
const LIBRARY = fileURLToPath(new URL("library-drain.ts", import.meta.url));

export const COLLECTORS: readonly Collector[] = [
  { name: "restante into store:", isSlow: false, collect: (job) => restante(job, "store:me") },
  { name: "restante into Maildir", isSlow: false, collect: (job) => restante(job, `maildir:${join(job.folder, "M")}`) },
  { name: "@restante/pop/client", isSlow: false, collect: library },
  { name: "mpop", isSlow: false, collect: mpop },
  { name: "fetchmail", isSlow: true, collect: fetchmail },
  { name: "curl", isSlow: true, collect: curl },
  { name: "poplib", isSlow: true, collect: poplib },
];

/** What a run of ours says of itself: the time without the start of Node. */
export function ownMilliseconds({ stdout }: Measured): number | undefined {
  const line = stdout.trim().split("\n").at(-1) ?? "";
  if (!line.startsWith("{")) return undefined;
  const { ms, durationMs } = JSON.parse(line) as { readonly ms?: number; readonly durationMs?: number };
  return ms ?? durationMs;
}

async function restante(job: Job, to: string): Promise<Measured> {
  const { folder, port, user, password, messages } = job;
  const data = join(folder, "data");
  mkdirSync(data, { recursive: true, mode: 0o700 });
  if (to.startsWith("store:"))
    await measuredRun([process.execPath, RESTANTE, "account", "add", "me", "--data", data], { timeoutMs: TIMEOUT_MS });
  const file = join(folder, "restante.toml");
  writeFileSync(
    file,
    `[source.bench]\nhost = "127.0.0.1"\nport = ${port}\ntls = "none"\nuser = "${user}"\npassword = "${password}"\ndeliver = [{ to = "${to}" }]\n`,
    { mode: 0o600 },
  );
  const command = [process.execPath, RESTANTE, "fetch", "run", "bench", "--json", "-c", file, "--data", data];
  const measured = await measuredRun(command, { timeoutMs: TIMEOUT_MS });
  const report = JSON.parse(measured.stdout.trim().split("\n").at(-1) ?? "{}") as {
    readonly arrived?: { readonly messages: number };
  };
  return expect(measured, report.arrived?.messages, messages);
}

async function library({ port, user, password, messages }: Job): Promise<Measured> {
  const command = [process.execPath, "--conditions=restante-source", LIBRARY, String(port), user, password];
  const measured = await measuredRun(command, { timeoutMs: TIMEOUT_MS });
  return expect(measured, (JSON.parse(measured.stdout) as { messages: number }).messages, messages);
}

async function mpop({ port, user, password, folder, messages }: Job): Promise<Measured> {
  for (const name of ["cur", "new", "tmp"]) mkdirSync(join(folder, "mail", name), { recursive: true });
  const rc = join(folder, "mpoprc");
  writeFileSync(
    rc,
    `account a\nhost 127.0.0.1\nport ${port}\nuser ${user}\npassword ${password}\ntls off\nauth plain\ndelivery maildir ${folder}/mail\nuidls_file ${folder}/uidls\nkeep on\nreceived_header off\npipelining auto\n`,
    { mode: 0o600 },
  );
  const measured = await measuredRun(["mpop", "-C", rc, "-q", "a"], { timeoutMs: TIMEOUT_MS });
  return expect(measured, readdirSync(join(folder, "mail", "new")).length, messages);
}

async function fetchmail({ port, user, password, folder, messages }: Job): Promise<Measured> {
  const rc = join(folder, "fetchmailrc");
  writeFileSync(
    rc,
    `poll 127.0.0.1 proto pop3 port ${port} auth password timeout 60 user "${user}" pass "${password}" sslproto '' keep fetchall no rewrite mda "/bin/cat"\n`,
    { mode: 0o600 },
  );
  const command = ["fetchmail", "-s", "-f", rc, "--nosyslog"];
  const env = { HOME: folder, FETCHMAILHOME: folder };
  const measured = await measuredRun(command, { timeoutMs: TIMEOUT_MS, env });
  return expect(measured, printed(measured), messages);
}

async function curl({ port, user, password, messages }: Job): Promise<Measured> {
  const url = `pop3://127.0.0.1:${port}/[1-${messages}]`;
  const measured = await measuredRun(["curl", "-sS", "--user", `${user}:${password}`, url], { timeoutMs: TIMEOUT_MS });
  return expect(measured, printed(measured), messages);
}

const POPLIB = `
import poplib, sys, os
port, user, password, folder = int(sys.argv[1]), sys.argv[2], sys.argv[3], sys.argv[4]
pop = poplib.POP3("127.0.0.1", port)
pop.user(user)
pop.pass_(password)
count = pop.stat()[0]
for n in range(1, count + 1):
    lines = pop.retr(n)[1]
    with open(os.path.join(folder, str(n)), "wb") as file:
        file.write(b"\\n".join(lines))
pop.quit()
print(count)
`;

async function poplib({ port, user, password, folder, messages }: Job): Promise<Measured> {
  const measured = await measuredRun(["python3", "-c", POPLIB, String(port), user, password, folder], {
    timeoutMs: TIMEOUT_MS,
  });
  return expect(measured, Number(measured.stdout), messages);
}

/** How many messages were printed: each of the sets' has one such field, in its header. */
function printed({ stdout }: Measured): number {
  return stdout.match(/^Message-ID: </gm)?.length ?? 0;
}

function expect(measured: Measured, got: number | undefined, wanted: number): Measured {
  if (got !== wanted) throw new Error(`${got} of ${wanted} messages came`);
  return measured;
}
