// The distribution's Dovecot as a POP3 server of its own: Maildirs in a directory that goes with it, free ports, nothing
// of the machine's own configuration.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, chown, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { connect, createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { TEST_CERTIFICATE } from "../packages/pop/test/support/certificate.ts";

/** Who owns the mail when this runs as root, which Dovecot does not let own any. */
const MAIL_USER = 65_534;
const PATIENCE_MS = 30_000;

export interface Dovecot {
  readonly port: number;
  readonly tlsPort: number;
  readonly password: string;
  /** Puts these messages into a user's maildrop, in this order; `first` counts those that were put there before. */
  fill(user: string, messages: readonly Buffer[], first?: number): Promise<void>;
  /** What is in it, as it is stored: LF line ends, in no order. */
  left(user: string): Promise<readonly string[]>;
  stop(): Promise<void>;
}

const TRIES = 3;

/** Starts it for these users, each with an empty maildrop; the password is everybody's. */
export async function startDovecot(users: readonly string[]): Promise<Dovecot> {
  for (let left = TRIES - 1; ; left -= 1) {
    try {
      return await start(users);
    } catch (error) {
      // A port that was free may be somebody else's a moment later.
      if (left === 0) throw error;
    }
  }
}

async function start(users: readonly string[]): Promise<Dovecot> {
  const password = "secret";
  const root = await mkdtemp(join(tmpdir(), "restante-dovecot-"));
  await chmod(root, 0o755);
  const [port, tlsPort] = [await freePort(), await freePort()];
  for (const folder of ["run", "mail"]) await mkdir(join(root, folder));
  const owner = isRoot() ? MAIL_USER : process.getuid?.();
  await own(join(root, "mail"));
  await writeFile(join(root, "cert.pem"), TEST_CERTIFICATE.cert);
  await writeFile(join(root, "key.pem"), TEST_CERTIFICATE.key);
  await writeFile(join(root, "passwd"), users.map((user) => `${user}:{PLAIN}${password}::::::\n`).join(""));
  const configuration = join(root, "dovecot.conf");
  await writeFile(configuration, text({ root, port, tlsPort, owner: owner ?? 0 }));
  const child = spawn("dovecot", ["-F", "-c", configuration], { stdio: "ignore" });
  const exited = once(child, "exit");
  const folder = (user: string): string => join(root, "mail", user, "Maildir");
  const stop = async (): Promise<void> => {
    child.kill("SIGTERM");
    await exited;
    await rm(root, { recursive: true, force: true });
  };
  try {
    await untilGreeted(port, () => child.exitCode !== null, join(root, "run", "log"));
  } catch (error) {
    await stop();
    throw error;
  }
  const running: Dovecot = {
    port,
    tlsPort,
    password,
    async fill(user, messages, first = 0) {
      for (const name of ["cur", "new", "tmp"]) await mkdir(join(folder(user), name), { recursive: true });
      for (const [place, message] of messages.entries()) {
        const at = first + place;
        const name = `${1_700_000_000 + at}.M${String(at).padStart(6, "0")}P1.interop,S=`;
        const stored = Buffer.from(message.toString("latin1").replaceAll("\r\n", "\n"), "latin1");
        await writeFile(join(folder(user), "cur", `${name}${stored.length},W=${message.length}:2,`), stored);
      }
      await own(join(root, "mail"));
    },
    async left(user) {
      const names = await readdir(join(folder(user), "cur"));
      return Promise.all(names.map((name) => readFile(join(folder(user), "cur", name), "latin1")));
    },
    stop,
  };
  for (const user of users) await running.fill(user, []);
  return running;
}

function isRoot(): boolean {
  return process.getuid?.() === 0;
}

async function own(path: string): Promise<void> {
  if (!isRoot()) return;
  await chown(path, MAIL_USER, MAIL_USER);
  for (const entry of await readdir(path, { withFileTypes: true })) {
    const child = join(path, entry.name);
    if (entry.isDirectory()) await own(child);
    else await chown(child, MAIL_USER, MAIL_USER);
  }
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise<void>((resolve) => void server.close(() => resolve()));
  return port;
}

/** Its login processes accept before they can answer. */
async function untilGreeted(port: number, isGone: () => boolean, log: string): Promise<void> {
  const deadline = performance.now() + PATIENCE_MS;
  while (performance.now() < deadline && !isGone()) {
    if (await isGreeted(port)) return;
    await delay(50);
  }
  throw new Error(`dovecot did not start: ${await readFile(log, "utf8").catch(() => "no log")}`);
}

function isGreeted(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: "127.0.0.1" });
    socket.setTimeout(5_000, () => socket.destroy());
    socket.on("error", () => socket.destroy());
    socket.once("data", (greeting) => {
      resolve(greeting.toString().startsWith("+OK"));
      socket.end("QUIT\r\n");
    });
    socket.once("close", () => resolve(false));
  });
}

function text(o: { root: string; port: number; tlsPort: number; owner: number }): string {
  const { root, port, tlsPort, owner } = o;
  const self = isRoot()
    ? ""
    : `default_internal_user = ${process.env["USER"] ?? ""}\ndefault_login_user = ${process.env["USER"] ?? ""}\n`;
  return `base_dir = ${root}/run
state_dir = ${root}/run
log_path = ${root}/run/log
instance_name = interop
${self}protocols = pop3
listen = 127.0.0.1
ssl = yes
ssl_cert = <${root}/cert.pem
ssl_key = <${root}/key.pem
disable_plaintext_auth = no
auth_mechanisms = plain login scram-sha-256 scram-sha-1 cram-md5
first_valid_uid = 1
passdb {
  driver = passwd-file
  args = username_format=%u ${root}/passwd
}
userdb {
  driver = static
  args = uid=${owner} gid=${owner} home=${root}/mail/%u
}
mail_max_userip_connections = 1000
service pop3-login {
  inet_listener pop3 {
    port = ${port}
  }
  inet_listener pop3s {
    port = ${tlsPort}
    ssl = yes
  }
}
service anvil {
  chroot =
}
mail_location = maildir:${root}/mail/%u/Maildir
`;
}
