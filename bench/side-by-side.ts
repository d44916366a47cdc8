// Restante and Debian's Dovecot on equal mail, one after the other in turns, measured alike; prints a table and
// keeps it in bench/results. Usage: node --conditions=restante-source bench/side-by-side.ts [--only sessions,drain,…] [--repeat N] [--quick]
// Needs: cc with OpenSSL's headers, dovecot-core, dovecot-pop3d, root (Dovecot changes user).
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { startDovecot, writeMaildirs, type DovecotStyle, type Population } from "./dovecot.ts";
import { LmtpClient } from "../interop/lmtp.ts";
import { PopClient } from "../interop/pop-client.ts";
import { countFsyncs, fsyncMs } from "./fsyncs.ts";
import { lmtpLoad } from "./lmtp-load.ts";
import { load } from "./load.ts";
import { mail } from "./mail-sets.ts";
import { fillUp, listAll } from "./million.ts";
import { statUnderLoad } from "./mixed-load.ts";
import { cpuSeconds, type Running } from "./processes.ts";
import { fill, giveQuickVerifier, startRestante } from "./restante.ts";
import { Figures, showPage } from "./results-page.ts";

const { values: options } = parseArgs({
  options: {
    only: { type: "string" },
    repeat: { type: "string", default: "3" },
    quick: { type: "boolean", default: false },
  },
});
const repeat = Number(options.repeat);
const seconds = options.quick ? "2" : "5";
const ROOT = fileURLToPath(new URL("work/", import.meta.url));
const PASSWORD = "correct-horse-staple-9";
const USERS = 200;
const WARM_ROUNDS = 3;
const IDLE = options.quick ? 2_000 : 10_000;
const MILLION = options.quick ? 100_000 : 1_000_000;
const POPULATIONS: readonly Population[] = [
  { user: "small", set: "small", count: 1_000 },
  { user: "office", set: "office", count: 1_000 },
  { user: "attach", set: "attach", count: 20 },
  { user: "huge", set: "huge", count: options.quick ? 10_000 : 100_000 },
  // Filled up to MILLION in our store only.
  { user: "million", set: "huge", count: 1 },
  ...Array.from({ length: USERS }, (_, n): Population => ({ user: `user${n}`, set: "user", count: 10 })),
];
const HUGE = POPULATIONS.find(({ user }) => user === "huge")?.count ?? 0;

type PeerName = "restante" | "dovecot-tuned" | "dovecot-multi";

interface Peer {
  readonly name: PeerName;
  readonly port: number;
  readonly tlsPort: number;
  start(): Promise<Running>;
}

const certificate = { cert: join(ROOT, "cert.pem"), key: join(ROOT, "key.pem") };
const DATA = join(ROOT, "restante");
const LMTP_PORT = 27_124;

function dovecot(style: DovecotStyle, ports: { port: number; tlsPort: number }): Peer {
  const users = POPULATIONS.map(({ user }) => user);
  return {
    name: `dovecot-${style}`,
    ...ports,
    start: () =>
      startDovecot({
        root: ROOT,
        style,
        ...ports,
        certificate: certificate.cert,
        key: certificate.key,
        users,
        password: PASSWORD,
      }),
  };
}

const PEERS: readonly Peer[] = [
  {
    name: "restante",
    port: 27_110,
    tlsPort: 27_111,
    start: () => startRestante({ data: DATA, port: 27_110, tlsPort: 27_111, lmtpPort: LMTP_PORT }),
  },
  dovecot("tuned", { port: 27_210, tlsPort: 27_211 }),
  dovecot("multi", { port: 27_310, tlsPort: 27_311 }),
];

const figures = new Figures<PeerName>();
const note = figures.note.bind(figures);

type Workload = (peer: Peer, running: Running) => Promise<void>;
const everyUser = ["-u", "user", "-U", String(USERS), "-P", PASSWORD];

const WORKLOADS: Readonly<Record<string, { readonly peers: readonly PeerName[]; readonly run: Workload }>> = {
  sessions: {
    peers: ["restante", "dovecot-tuned", "dovecot-multi"],
    run: async (peer, { pid }) => {
      const result = await load(
        ["sessions", ...everyUser, "-c", "16", "-t", seconds, "--warm", "0", "--src-ips", "50"],
        { port: peer.port, pid },
      );
      note("sessions, cleartext: CPU s per 1,000", peer.name, (result.serverCpu * 1_000) / result.ok);
      note("sessions, cleartext, 16 clients: per second", peer.name, result.sps ?? 0);
      note("sessions, cleartext, 16 clients: p99 ms", peer.name, result.p99 ?? 0);
    },
  },
  tls: {
    peers: ["restante", "dovecot-tuned", "dovecot-multi"],
    run: async (peer, { pid }) => {
      const result = await load(["sessions", ...everyUser, "-c", "16", "-t", seconds, "--tls", "--src-ips", "50"], {
        port: peer.tlsPort,
        pid,
      });
      note(
        "sessions, TLS (P-256, full handshakes): CPU s per 1,000",
        peer.name,
        (result.serverCpu * 1_000) / result.ok,
      );
      note("sessions, TLS, 16 clients: per second", peer.name, result.sps ?? 0);
    },
  },
  mixed: {
    peers: ["restante", "dovecot-tuned", "dovecot-multi"],
    run: async (peer, { pid }) => {
      const result = await load(["mixed", ...everyUser, "-c", "16", "-t", seconds, "--dele", "rset"], {
        port: peer.port,
        pid,
      });
      note(
        "a client's day (CAPA, login, STAT, UIDL, 3 RETR, 3 DELE, RSET, QUIT): CPU s per 1,000",
        peer.name,
        (result.serverCpu * 1_000) / result.ok,
      );
    },
  },
  drain: {
    peers: ["restante", "dovecot-tuned"],
    run: async (peer, { pid }) => {
      for (const [user, loops] of [
        ["small", 60],
        ["office", 8],
        ["attach", 3],
      ] as const) {
        const result = await load(
          [
            "drain",
            "-u",
            user,
            "-P",
            PASSWORD,
            "-c",
            "1",
            "-w",
            "32",
            "-l",
            String(loops),
            "-t",
            "60",
            "--lenient-size",
          ],
          { port: peer.port, pid },
        );
        note(`drain ${user}, window 32: CPU s per GB`, peer.name, result.serverCpu / ((result.payload ?? 1) / 1e9));
        note(`drain ${user}, window 32: MB/s`, peer.name, result.mbps ?? 0);
      }
    },
  },
  lockstep: {
    peers: ["restante", "dovecot-tuned"],
    run: async (peer, { pid }) => {
      const result = await load(
        ["drain", "-u", "small", "-P", PASSWORD, "-c", "1", "-w", "1", "-l", "10", "-t", "60", "--lenient-size"],
        { port: peer.port, pid },
      );
      note("lock-step RETR of 4 kB, one connection: messages/s", peer.name, result.msgps ?? 0);
    },
  },
  list: {
    peers: ["restante", "dovecot-tuned"],
    run: async (peer, { pid }) => {
      for (const [temperature, times] of [
        ["first login since start", 1],
        ["again, unchanged", 10],
      ] as const) {
        const result = await load(
          ["list", "-u", "huge", "-P", PASSWORD, "-l", String(times), "-t", "60", "--expect-msgs", String(HUGE)],
          { port: peer.port, pid },
        );
        note(
          `${HUGE.toLocaleString("en")} messages, login + STAT + LIST + UIDL, ${temperature}: ms`,
          peer.name,
          result.total ?? 0,
        );
        note(
          `${HUGE.toLocaleString("en")} messages, login + STAT + LIST + UIDL, ${temperature}: server CPU ms`,
          peer.name,
          (result.serverCpu * 1_000) / times,
        );
      }
      if (peer.name === "restante") await listWarm(peer, pid);
    },
  },
  million: {
    peers: ["restante"],
    run: async (peer, { pid }) => {
      await loopDelay(pid);
      const result = await listAll({ pid, port: peer.port, user: "million", password: PASSWORD, count: MILLION });
      const what = `${MILLION.toLocaleString("en")} messages`;
      note(`${what}, PASS to the first octet of LIST: ms`, peer.name, result.firstOctetMs);
      note(`${what}, LIST: ms`, peer.name, result.listMs);
      note(`${what}, UIDL: ms`, peer.name, result.uidlMs);
      note(`${what}, memory over idle: MB`, peer.name, result.memoryKb / 1_000);
      note(`${what}, event loop delay p99 ms`, peer.name, (await loopDelay(pid)).p99);
    },
  },
  idle: {
    peers: ["restante", "dovecot-multi"],
    run: async (peer, { pid }) => {
      // Dovecot lets sessions share a maildrop; ours is one session's alone.
      const people = peer.name === "restante" ? ["-u", "idle", "-U", String(IDLE), "-P", PASSWORD] : everyUser;
      for (const [word, port, flags] of [
        ["cleartext", peer.port, []],
        ["TLS", peer.tlsPort, ["--tls"]],
      ] as const) {
        const result = await load(
          ["idle", ...people, "-c", String(IDLE), "-t", "120", "--settle", "1", "--src-ips", "50", ...flags],
          { port, pid },
        );
        note(`idle sessions held, ${word}`, peer.name, result.held ?? 0);
        note(`idle session with 10 messages, ${word}: kB`, peer.name, result.kb_per_conn ?? 0);
        await delay(1_000);
      }
    },
  },
  delivery: {
    peers: ["restante"],
    run: async (peer, { pid }) => {
      const [message = Buffer.alloc(0)] = [...mail("office", { user: "lmtp", count: 12 })].filter(
        ({ length }) => length > 25_000,
      );
      const asked = {
        port: LMTP_PORT,
        clients: 8,
        seconds: Number(seconds),
        // Not the people of the other workloads, whose maildrops stay equal to Dovecot's.
        recipients: Array.from({ length: 50 }, (_, n) => `idle${n}@localhost`),
        message: message.subarray(0, message.lastIndexOf("\r\n", 30_000) + 2),
      };
      const cpu = cpuSeconds(pid);
      await loopDelay(pid);
      const result = await lmtpLoad(asked);
      note("LMTP, 30 kB, durable, 8 clients: messages/s", peer.name, result.delivered / result.seconds);
      note(
        "LMTP, 30 kB, durable, 8 clients: CPU ms a message",
        peer.name,
        ((cpuSeconds(pid) - cpu) * 1_000) / result.delivered,
      );
      note("LMTP, 30 kB, durable, 8 clients: p99 ms", peer.name, result.p99);
      note("LMTP, 8 clients: event loop delay p99 ms", peer.name, (await loopDelay(pid)).p99);
      let traced = 0;
      const fsyncs = await countFsyncs(pid, async () => (traced = (await lmtpLoad(asked)).delivered));
      note("LMTP, 8 clients: fsyncs a message", peer.name, fsyncs / traced);
      note("fsync of 30 kB on this disk: ms", peer.name, fsyncMs(DATA));
    },
  },
  crowd: {
    peers: ["restante"],
    run: async (peer, { pid }) => {
      const waits = await statUnderLoad({ pid, port: peer.port, lmtpPort: LMTP_PORT, password: PASSWORD, huge: HUGE });
      note(
        "STAT during a 50 MB delivery, a 100,000-message login and a download of 10,000: p99 ms",
        peer.name,
        waits[Math.floor(waits.length * 0.99)] ?? Number.NaN,
      );
      note("STAT during the same: longest ms", peer.name, waits.at(-1) ?? Number.NaN);
    },
  },
};

/** Its owner comes back to one more message: what is kept between logins has to be brought up to date. */
async function listWarm(peer: Peer, pid: number): Promise<void> {
  const what = `${HUGE.toLocaleString("en")} messages, login + STAT + LIST + UIDL, after one more message`;
  const letter = Buffer.from("Subject: one more\r\n\r\nHello.\r\n");
  for (let more = 1; more <= WARM_ROUNDS; more += 1) {
    const lmtp = await LmtpClient.connect(LMTP_PORT);
    await lmtp.deliver({ recipient: "huge@localhost", letter });
    await lmtp.quit();
    const args = ["list", "-u", "huge", "-P", PASSWORD, "-l", "1", "-t", "60", "--expect-msgs", String(HUGE + more)];
    const result = await load(args, { port: peer.port, pid });
    note(`${what}: ms`, peer.name, result.total ?? 0);
    note(`${what}: server CPU ms`, peer.name, result.serverCpu * 1_000);
  }
  // As it was, for whoever comes next.
  const pop = await PopClient.connect(peer.port);
  await pop.login("huge", PASSWORD);
  for (let more = 1; more <= WARM_ROUNDS; more += 1) await pop.say(`DELE ${HUGE + more}`);
  await pop.say("QUIT");
}

async function loopDelay(pid: number): Promise<{ p99: number }> {
  const file = join(DATA, "loop-delay.json");
  rmSync(file, { force: true });
  process.kill(pid, "SIGUSR2");
  for (let tries = 0; !existsSync(file) && tries < 50; tries += 1) await delay(100);
  return JSON.parse(readFileSync(file, "utf8")) as { p99: number };
}

async function prepare(): Promise<void> {
  const stamp = join(ROOT, `filled-${HUGE}-${MILLION}`);
  if (!existsSync(stamp)) await fillAnew(stamp);
  await giveQuickVerifier(DATA, { user: "million", password: PASSWORD });
}

async function fillAnew(stamp: string): Promise<void> {
  rmSync(ROOT, { recursive: true, force: true });
  mkdirSync(DATA, { recursive: true });
  execFileSync(
    "openssl",
    [
      "req",
      "-x509",
      "-newkey",
      "ec",
      "-pkeyopt",
      "ec_paramgen_curve:prime256v1",
      "-nodes",
      "-keyout",
      certificate.key,
      "-out",
      certificate.cert,
      "-days",
      "30",
      "-subj",
      "/CN=127.0.0.1",
    ],
    { stdio: "ignore" },
  );
  console.error("writing Maildirs …");
  writeMaildirs(ROOT, POPULATIONS);
  console.error("filling the store …");
  await fill(DATA, { populations: POPULATIONS, idle: { count: IDLE, messages: 10 }, password: PASSWORD });
  await fillUp(DATA, { user: "million", count: MILLION });
  writeFileSync(stamp, "");
}

/** One login a user, so that password checks are remembered and files are in the page cache. */
async function warm(peer: Peer, { pid }: Running): Promise<void> {
  await load(["sessions", ...everyUser, "-c", "2", "-t", "120", "--max", String(USERS)], { port: peer.port, pid });
  for (const [user, loops] of [
    ["small", 20],
    ["office", 3],
    ["attach", 1],
  ] as const) {
    await load(
      ["drain", "-u", user, "-P", PASSWORD, "-c", "1", "-w", "8", "-l", String(loops), "-t", "60", "--lenient-size"],
      { port: peer.port, pid },
    );
  }
}

async function main(): Promise<void> {
  const chosen = options.only?.split(",") ?? Object.keys(WORKLOADS);
  await prepare();
  for (let round = 0; round < repeat; round += 1) {
    for (const name of chosen) {
      const workload = WORKLOADS[name];
      if (workload === undefined)
        throw new Error(`no workload ${name}; there are: ${Object.keys(WORKLOADS).join(", ")}`);
      for (const peer of PEERS.filter((candidate) => workload.peers.includes(candidate.name))) {
        console.error(`round ${round + 1} of ${repeat}: ${name}, ${peer.name}`);
        const running = await peer.start();
        try {
          if (name !== "list") await warm(peer, running);
          await workload.run(peer, running);
        } finally {
          await running.stop();
        }
      }
    }
  }
  report();
}

function report(): void {
  const names = PEERS.map(({ name }) => name);
  const isWhole = options.only === undefined && !options.quick;
  showPage(
    {
      title: "Side by side",
      peers: [dovecotVersion()],
      about:
        "Made by `bench/side-by-side.ts`. Equal mail, passwords, certificate and machine; Dovecot with fsync off and indexes in memory, Restante durable and without its reader.",
      table: figures.table(names, { runs: repeat, digits: 4 }),
    },
    isWhole ? "side-by-side" : undefined,
  );
}

function dovecotVersion(): string {
  return `Dovecot ${execFileSync("dovecot", ["--version"], { encoding: "utf8" }).trim()}`;
}

await main();
