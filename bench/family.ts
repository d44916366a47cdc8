// One maildrop drained over POP3, POP2 and POP1, one command at a time and nothing removed: what the generations cost one
// server. Prints a table and keeps it in bench/results. Usage: node --conditions=restante-source bench/family.ts [--repeat N]
import { mkdirSync, rmSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { mail, type MailSet } from "./mail-sets.ts";
import { cpuSeconds } from "./processes.ts";
import { fill, startRestante } from "./restante.ts";
import { Figures, showPage } from "./results-page.ts";

const { values: options } = parseArgs({ options: { repeat: { type: "string", default: "3" } } });
const ROOT = fileURLToPath(new URL("work/family", import.meta.url));
const PASSWORD = "correct-horse-staple-9";
const PORTS = { pop3: 27_410, pop2: 27_409, pop1: 27_408 } as const;
const SETS: readonly { readonly set: MailSet; readonly count: number }[] = [
  { set: "small", count: 5_000 },
  { set: "office", count: 2_000 },
];

type Generation = keyof typeof PORTS;

/** Octets as they come, and nothing kept of them but lines. */
class Wire {
  readonly #chunks: AsyncIterator<Buffer>;
  readonly #socket: Socket;
  #rest: Buffer = Buffer.alloc(0);

  constructor(port: number) {
    this.#socket = connect({ host: "127.0.0.1", port, noDelay: true });
    this.#chunks = (this.#socket as AsyncIterable<Buffer>)[Symbol.asyncIterator]();
  }

  async say(command: string): Promise<string> {
    this.#socket.write(`${command}\r\n`);
    return this.line();
  }

  request(command: string): void {
    this.#socket.write(`${command}\r\n`);
  }

  async line(): Promise<string> {
    for (;;) {
      const end = this.#rest.indexOf("\r\n");
      if (end >= 0) {
        const line = this.#rest.toString("latin1", 0, end);
        this.#rest = this.#rest.subarray(end + 2);
        if (line.startsWith("-")) throw new Error(line);
        return line;
      }
      await this.#more();
    }
  }

  /** Throws so many octets away. */
  async skip(octets: number): Promise<void> {
    for (let left = octets; left > 0;) {
      const taken = Math.min(left, this.#rest.length);
      this.#rest = this.#rest.subarray(taken);
      left -= taken;
      if (left > 0) await this.#more();
    }
  }

  /** Throws a multi-line reply away; the octets it had, its terminator left out. */
  async skipToDot(): Promise<number> {
    let octets = 0;
    for (;;) {
      const end = this.#rest.indexOf("\r\n.\r\n");
      if (end >= 0) {
        this.#rest = this.#rest.subarray(end + 5);
        return octets + end + 2;
      }
      // The terminator may be cut; its first octets stay.
      const sure = Math.max(0, this.#rest.length - 4);
      octets += sure;
      this.#rest = this.#rest.subarray(sure);
      await this.#more();
    }
  }

  async #more(): Promise<void> {
    const next = await this.#chunks.next();
    if (next.done === true) throw new Error("the server closed the connection");
    this.#rest = this.#rest.length === 0 ? next.value : Buffer.concat([this.#rest, next.value]);
  }

  end(): void {
    this.#socket.destroy();
  }
}

const number = (reply: string): number => Number(/\d+/.exec(reply)?.[0] ?? Number.NaN);

interface Way {
  /** Logged in; what is to be known for the drain. */
  logIn(wire: Wire, user: string): Promise<number>;
  /** Reads everything; octets of mail as the protocol sends it. */
  drain(wire: Wire, known: number): Promise<number>;
}

async function userAndPass(wire: Wire, user: string): Promise<number> {
  await wire.say(`USER ${user}`);
  return number(await wire.say(`PASS ${PASSWORD}`));
}

const WAYS: Readonly<Record<Generation, Way>> = {
  pop3: {
    logIn: userAndPass,
    async drain(wire, count) {
      let octets = 0;
      for (let n = 1; n <= count; n += 1) {
        await wire.say(`RETR ${n}`);
        octets += await wire.skipToDot();
      }
      return octets;
    },
  },
  pop2: {
    logIn: async (wire, user) => number(await wire.say(`HELO ${user} ${PASSWORD}`)),
    async drain(wire, count) {
      let octets = 0;
      let length = number(await wire.say("READ"));
      for (let n = 1; n <= count; n += 1) {
        wire.request("RETR");
        await wire.skip(length);
        octets += length;
        length = number(await wire.say("ACKS"));
      }
      return octets;
    },
  },
  pop1: {
    logIn: userAndPass,
    async drain(wire) {
      const octets = number(await wire.say("RETR INBOX"));
      wire.request("RCEV");
      await wire.skip(octets);
      await wire.say("RCVD");
      return octets;
    },
  },
};

interface Figure {
  readonly megabytesPerSecond: number;
  readonly cpuPerGigabyte: number;
}

async function measure(
  generation: Generation,
  user: string,
  o: { readonly pid: number; readonly least: number },
): Promise<Figure> {
  const wire = new Wire(PORTS[generation]);
  await wire.line();
  const way = WAYS[generation];
  const known = await way.logIn(wire, user);
  const [cpu, since] = [cpuSeconds(o.pid), performance.now()];
  const octets = await way.drain(wire, known);
  const seconds = (performance.now() - since) / 1_000;
  const used = cpuSeconds(o.pid) - cpu;
  await wire.say("QUIT");
  wire.end();
  if (octets < o.least) throw new Error(`${generation} gave ${octets} of ${o.least} octets`);
  return { megabytesPerSecond: octets / 1e6 / seconds, cpuPerGigabyte: (used * 1e9) / octets };
}

rmSync(ROOT, { recursive: true, force: true });
mkdirSync(ROOT, { recursive: true });
const populations = SETS.map(({ set, count }) => ({ user: set, set, count }));
await fill(ROOT, { populations, idle: { count: 0, messages: 0 }, password: PASSWORD });
const server = await startRestante({ data: ROOT, port: PORTS.pop3, tlsPort: 27_411, lmtpPort: 27_412, family: PORTS });
const columns = { pop3: "POP3", pop2: "POP2", pop1: "POP1" } as const;
const figures = new Figures<(typeof columns)[Generation]>();
try {
  for (const { set, count } of SETS) {
    const least = [...mail(set, { user: set, count })].reduce((sum, { length }) => sum + length, 0);
    // The first round warms the server up and is not counted.
    for (let run = 0; run <= Number(options.repeat); run += 1)
      for (const generation of ["pop3", "pop2", "pop1"] as const) {
        const figure = await measure(generation, set, { pid: server.pid, least });
        if (run === 0) continue;
        figures.note(`${count} messages, set ${set}: MB/s, one client`, columns[generation], figure.megabytesPerSecond);
        figures.note(`${count} messages, set ${set}: CPU s per GB`, columns[generation], figure.cpuPerGigabyte);
      }
  }
} finally {
  await server.stop();
}
showPage(
  {
    title: "The family: one drain in three protocols",
    about:
      "Made by `bench/family.ts`: one client drains a maildrop of the SQLite store, one command at a time, nothing removed, the login not counted. POP1 goes through the mailbox twice, once to say how many octets come; the second time the system has its pages. Figures from a busy machine compare the columns, and nothing else.",
    table: figures.table(Object.values(columns), { runs: Number(options.repeat), digits: 3 }),
  },
  "family",
);
