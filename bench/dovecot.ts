// Debian's Dovecot on Maildirs of the bench's mail, in the two set-ups worth comparing with:
// `tuned` (one process a session, kept alive, many accepted) and `multi` (many sessions a process: its best memory).
// Its fsync is off and its indexes lie in memory, so every figure is the best it can do.
import { chownSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { mail, type MailSet } from "./mail-sets.ts";
import { start, type Running } from "./processes.ts";

const MAIL_USER = 1500;

export type DovecotStyle = "tuned" | "multi";

export interface Population {
  readonly user: string;
  readonly set: MailSet;
  readonly count: number;
}

/** Writes each user's Maildir (LF files, sizes in the names, as Dovecot's own delivery does). */
export function writeMaildirs(root: string, populations: readonly Population[]): void {
  for (const { user, set, count } of populations) {
    const base = join(root, "mail", user, "Maildir");
    rmSync(base, { recursive: true, force: true });
    for (const name of ["cur", "new", "tmp"]) mkdirSync(join(base, name), { recursive: true });
    let number = 0;
    for (const message of mail(set, { user, count })) {
      const stored = Buffer.from(message.toString("latin1").replaceAll("\r\n", "\n"), "latin1");
      const name = `${1_767_225_600 + number}.M${String(number).padStart(6, "0")}P1.bench,S=${stored.length},W=${message.length}:2,`;
      writeFileSync(join(base, "cur", name), stored);
      number += 1;
    }
  }
  own(join(root, "mail"));
}

function own(path: string): void {
  chownSync(path, MAIL_USER, MAIL_USER);
  for (const entry of readdirSync(path, { withFileTypes: true })) {
    const child = join(path, entry.name);
    if (entry.isDirectory()) own(child);
    else chownSync(child, MAIL_USER, MAIL_USER);
  }
}

export interface DovecotOptions {
  readonly root: string;
  readonly style: DovecotStyle;
  readonly port: number;
  readonly tlsPort: number;
  readonly certificate: string;
  readonly key: string;
  readonly users: readonly string[];
  readonly password: string;
}

const POP3_SERVICE: Readonly<Record<DovecotStyle, string>> = {
  tuned: "service_count = 10000\n  process_min_avail = 16\n  process_limit = 12000",
  multi: "service_count = 0\n  process_min_avail = 2\n  process_limit = 8\n  client_limit = 6000\n  vsz_limit = 4G",
};

export async function startDovecot(o: DovecotOptions): Promise<Running> {
  const run = join(o.root, `dovecot-${o.style}`);
  const indexes = join("/dev/shm", `restante-bench-${process.pid}`);
  rmSync(indexes, { recursive: true, force: true });
  for (const folder of [run, indexes]) mkdirSync(folder, { recursive: true });
  chownSync(indexes, MAIL_USER, MAIL_USER);
  const passwords = join(run, "passwd");
  writeFileSync(passwords, o.users.map((user) => `${user}:{PLAIN}${o.password}::::::\n`).join(""));
  const configuration = join(run, "bench.conf");
  writeFileSync(configuration, configurationText(o, { run, indexes, passwords }));
  const running = await start(["dovecot", "-F", "-c", configuration], { port: o.port });
  // Its login processes accept before its auth process answers, and hang up on who comes between.
  await delay(2_000);
  return {
    pid: running.pid,
    stop: async () => {
      await running.stop();
      rmSync(indexes, { recursive: true, force: true });
    },
  };
}

function configurationText(o: DovecotOptions, at: { run: string; indexes: string; passwords: string }): string {
  return `base_dir = ${at.run}
state_dir = ${at.run}
log_path = ${at.run}/log
instance_name = bench-${o.style}
protocols = pop3
listen = 127.0.0.1
ssl = yes
ssl_cert = <${o.certificate}
ssl_key = <${o.key}
disable_plaintext_auth = no
auth_mechanisms = plain
passdb {
  driver = passwd-file
  args = username_format=%u ${at.passwords}
}
userdb {
  driver = static
  args = uid=${MAIL_USER} gid=${MAIL_USER} home=${o.root}/mail/%u
}
mail_max_userip_connections = 100000
service pop3-login {
  inet_listener pop3 {
    port = ${o.port}
  }
  inet_listener pop3s {
    port = ${o.tlsPort}
    ssl = yes
  }
  service_count = 0
  process_min_avail = 2
  process_limit = 2
  client_limit = 12000
  vsz_limit = 1G
}
service pop3 {
  ${POP3_SERVICE[o.style]}
}
service auth {
  client_limit = 19000
}
service anvil {
  client_limit = 19000
}
default_client_limit = 19000
auth_cache_size = 16M
auth_cache_ttl = 1 hour
maildir_very_dirty_syncs = yes
pop3_no_flag_updates = yes
mail_fsync = never
mail_location = maildir:${o.root}/mail/%u/Maildir:INDEX=${at.indexes}/%u
`;
}
