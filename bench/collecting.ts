// Restante's retriever and client library and other collectors on the same maildrops of Debian's Dovecot: time at a
// distance, memory for one large message, CPU. Prints a table and keeps it in bench/results.
// Usage: node --conditions=restante-source bench/collecting.ts [--only distance,memory,cpu] [--repeat N] [--quick] [--all]
// --all also asks the collectors that wait for each reply for 1,000 messages: once, and it takes four minutes.
// Needs: dovecot-core, dovecot-pop3d, mpop, fetchmail, curl, python3, root (Dovecot changes user), `npm run build`, and
// 6 GB of room while it runs.
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { COLLECTORS, ownMilliseconds, type Collector, type Job } from "./collectors.ts";
import { startDovecot, writeMaildirs, type Population } from "./dovecot.ts";
import type { Measured } from "./measured-run.ts";
import { cpuSeconds as cpuSecondsOf, start } from "./processes.ts";
import { Figures, showPage } from "./results-page.ts";
import { warmMemory } from "./warm-memory.ts";

const { values: options } = parseArgs({
  options: {
    only: { type: "string" },
    repeat: { type: "string", default: "3" },
    quick: { type: "boolean", default: false },
    all: { type: "boolean", default: false },
  },
});
const repeat = options.quick ? 1 : Number(options.repeat);
const ROOT = fileURLToPath(new URL("work-collecting/", import.meta.url));
const PASSWORD = "correct-horse-staple-9";
const PORT = 27_410;
const DISTANT_PORT = 27_412;
const ROUND_TRIP_MS = 50;
const PROXY = fileURLToPath(new URL("delay-proxy.ts", import.meta.url));
const POPULATIONS: readonly Population[] = [
  { user: "few", set: "small", count: 200 },
  { user: "many", set: "small", count: 1_000 },
  { user: "none", set: "small", count: 0 },
  { user: "giant", set: "giant", count: 1 },
  { user: "cpusmall", set: "small", count: 3_000 },
  { user: "cpuoffice", set: "office", count: 1_000 },
  { user: "cpuattach", set: "attach", count: 50 },
];

/**
 * Each run has a folder of its own, and all are removed at the end. ext4 spares inodes that were given back in the last
 * minutes and passes over each of them for every new file: after 1,000 removed files a new one takes 0.5 ms more.
 */
const RUNS = join(ROOT, "run");
let runs = 0;

/** figure -> collector -> one value a run. */
const figures = new Figures<string>();

function job(user: string, port: number): Job {
  const messages = POPULATIONS.find((population) => population.user === user)?.count ?? 0;
  const folder = join(RUNS, String((runs += 1)));
  mkdirSync(folder, { recursive: true });
  return { port, user, password: PASSWORD, messages, folder };
}

async function collected(collector: Collector, of: Job): Promise<Measured> {
  warmMemory();
  return collector.collect(of);
}

/** Ours, and the one that pipelines too. */
const WINDOWED = COLLECTORS.filter(({ isSlow }) => !isSlow);

const WORKLOADS: Readonly<Record<string, (round: number) => Promise<void>>> = {
  async distance(round) {
    for (const [user, count] of [
      ["few", "200"],
      ["many", "1,000"],
    ] as const)
      for (const collector of COLLECTORS) {
        // What round trips take is the same every time.
        if (user === "many" && collector.isSlow && (!options.all || round > 0)) continue;
        console.error(`distance: ${count}, ${collector.name}`);
        const measured = await collected(collector, job(user, DISTANT_PORT));
        figures.note(
          `${count} messages of 4 kB, ${ROUND_TRIP_MS} ms: seconds, start of the program included`,
          collector.name,
          measured.seconds,
        );
        figures.note(
          `${count} messages of 4 kB, ${ROUND_TRIP_MS} ms: CPU s, start of the program included`,
          collector.name,
          measured.cpuSeconds,
        );
        const own = ownMilliseconds(measured);
        if (own !== undefined)
          figures.note(
            `${count} messages of 4 kB, ${ROUND_TRIP_MS} ms: seconds of the session`,
            collector.name,
            own / 1_000,
          );
      }
  },
  async memory() {
    for (const collector of WINDOWED) {
      console.error(`memory: ${collector.name}`);
      const before = await collected(collector, job("none", PORT));
      const measured = await collected(collector, job("giant", PORT));
      figures.note("one message of 60 MB: peak memory, MB", collector.name, measured.peakKb / 1_000);
      // One that is over before anybody looks has none to compare with.
      if (before.peakKb > 0)
        figures.note(
          "one message of 60 MB: over a run without one, MB",
          collector.name,
          (measured.peakKb - before.peakKb) / 1_000,
        );
    }
  },
  async cpu() {
    for (const collector of WINDOWED) {
      const { cpuSeconds: base } = await collected(collector, job("none", PORT));
      for (const user of ["cpusmall", "cpuoffice", "cpuattach"]) {
        console.error(`cpu: ${user}, ${collector.name}`);
        const size = gigabytes.get(user) ?? 1;
        const servedBefore = cpuSecondsOf(dovecotPid);
        const { cpuSeconds } = await collected(collector, job(user, PORT));
        const served = cpuSecondsOf(dovecotPid) - servedBefore;
        const figure = `${SETS[user]}: CPU s per GB`;
        figures.note(`${figure}, start of the program not counted`, collector.name, (cpuSeconds - base) / size);
        figures.note(`${figure}, of Dovecot meanwhile`, collector.name, served / size);
      }
    }
  },
};

const SETS: Readonly<Record<string, string>> = {
  cpusmall: "3,000 of 4 kB",
  cpuoffice: "1,000 of 44 kB",
  cpuattach: "50 of 10 MB",
};
const gigabytes = new Map<string, number>();

/** As soon as it runs. */
let dovecotPid = 0;

/** What Dovecot says a maildrop has. */
function measureSizes(): void {
  for (const user of Object.keys(SETS)) {
    const url = `pop3://127.0.0.1:${PORT}/`;
    const said = execFileSync("curl", ["-sS", "--user", `${user}:${PASSWORD}`, "-X", "LIST", url], {
      encoding: "utf8",
    });
    const octets = said
      .split("\n")
      .filter((line) => /^\d+ \d+/.test(line))
      .reduce((sum, line) => sum + Number(line.split(" ")[1]), 0);
    if (octets === 0) throw new Error(`the size of ${user} is not known`);
    gigabytes.set(user, octets / 1e9);
  }
}

function prepare(): { readonly certificate: string; readonly key: string } {
  const certificate = { certificate: join(ROOT, "cert.pem"), key: join(ROOT, "key.pem") };
  const stamp = join(ROOT, "filled");
  const filling = JSON.stringify(POPULATIONS);
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === filling) return certificate;
  rmSync(ROOT, { recursive: true, force: true });
  mkdirSync(ROOT, { recursive: true });
  execFileSync(
    "openssl",
    `req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout ${certificate.key} -out ${certificate.certificate} -days 30 -subj /CN=127.0.0.1`.split(
      " ",
    ),
    { stdio: "ignore" },
  );
  console.error("writing Maildirs …");
  writeMaildirs(ROOT, POPULATIONS);
  writeFileSync(stamp, filling);
  return certificate;
}

async function main(): Promise<void> {
  const chosen = options.only?.split(",") ?? Object.keys(WORKLOADS);
  const certificate = prepare();
  rmSync(RUNS, { recursive: true, force: true });
  const dovecot = await startDovecot({
    root: ROOT,
    style: "tuned",
    port: PORT,
    tlsPort: PORT + 1,
    ...certificate,
    users: POPULATIONS.map(({ user }) => user),
    password: PASSWORD,
  });
  const proxy = await start([process.execPath, PROXY, String(DISTANT_PORT), String(PORT), String(ROUND_TRIP_MS)], {
    port: DISTANT_PORT,
  });
  dovecotPid = dovecot.pid;
  try {
    measureSizes();
    for (let round = 0; round < repeat; round += 1)
      for (const name of chosen) {
        const workload = WORKLOADS[name];
        if (workload === undefined)
          throw new Error(`no workload ${name}; there are: ${Object.keys(WORKLOADS).join(", ")}`);
        await workload(round);
      }
  } finally {
    await proxy.stop();
    await dovecot.stop();
    rmSync(RUNS, { recursive: true, force: true });
  }
  report();
}

function report(): void {
  const names = COLLECTORS.map(({ name }) => name);
  showPage(
    {
      title: "Collecting",
      peers: [`Dovecot ${version("dovecot")}`],
      about: `Made by \`bench/collecting.ts\`: Dovecot on one side, a TCP proxy that delays by ${ROUND_TRIP_MS} ms a round trip in between, one collector at a time. Restante and mpop sync every message to the disk; fetchmail hands it to \`cat\`, curl prints it, poplib writes files without a sync, the library takes its digest. ${options.all ? "Collectors that wait for each reply are asked for 1,000 messages once." : "Collectors that wait for each reply are asked for 200 messages only; with `--all` for 1,000, too."} Peak memory is of the program's own process. Before each run 2.5 GB of memory are touched and given back: else a virtual machine counts what its host takes to hand pages out.`,
      table: figures.table(names, { runs: repeat, digits: 3 }),
    },
    options.quick ? undefined : "collecting",
  );
}

function version(program: string): string {
  return execFileSync(program, ["--version"], { encoding: "utf8" }).trim();
}

await main();
