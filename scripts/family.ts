// The parts of docs/guide/family.md that are made: one conversation with each generation of POP, as it went over the
// socket, and the state diagrams from the tables of packages/pop/src/wire.
import { connect, type Socket } from "node:net";
import { MemoryStore } from "../packages/pop/src/maildrop/index.ts";
import { createPop3Server } from "../packages/pop/src/server/index.ts";
import {
  POP1_STATES,
  POP1_TRANSITIONS,
  POP2_STATES,
  POP2_TRANSITIONS,
  POP3_STATES,
  TRANSITIONS,
} from "../packages/pop/src/wire/index.ts";
import { diagram } from "./diagrams.ts";

const DEADLINE_MS = 20_000;
const LETTERS = [
  "Subject: first\r\n\r\nHello Fred.\r\n",
  "Subject: second\r\n\r\n.dots lead\r\nFrom here on.\r\n",
] as const;

type Generation = "pop3" | "pop2" | "pop1";

/** A command, and how its answer ends: a line; a line and a terminator; or so many octets as were told last. */
type Step = readonly [command: string, answer: "line" | "multi-line" | "data"];

const CONVERSATIONS: Readonly<Record<Generation, readonly Step[]>> = {
  pop1: [
    ["USER fred", "line"],
    ["PASS secret", "line"],
    ["RDEL INBOX", "line"],
    ["RCEV", "data"],
    ["RCVD", "line"],
    ["QUIT", "line"],
  ],
  pop2: [
    ["HELO fred secret", "line"],
    ["READ", "line"],
    ["RETR", "data"],
    ["ACKD", "line"],
    ["RETR", "data"],
    ["ACKS", "line"],
    ["QUIT", "line"],
  ],
  pop3: [
    ["USER fred", "line"],
    ["PASS secret", "line"],
    ["LIST", "multi-line"],
    ["RETR 1", "multi-line"],
    ["DELE 1", "line"],
    ["RETR 2", "multi-line"],
    ["QUIT", "line"],
  ],
};

/** The page with everything between its marks made anew. Throws when a mark is missing. */
export async function withFamilyParts(page: string): Promise<string> {
  const made: Readonly<Record<string, string>> = {
    "pop1 transcript": fenced(await conversation("pop1")),
    "pop2 transcript": fenced(await conversation("pop2")),
    "pop3 transcript": fenced(await conversation("pop3")),
    "pop1 states": diagram(POP1_STATES, POP1_TRANSITIONS).join("\n"),
    "pop2 states": diagram(POP2_STATES, POP2_TRANSITIONS).join("\n"),
    "pop3 states": diagram(POP3_STATES, TRANSITIONS).join("\n"),
  };
  return Object.entries(made).reduce((text, [name, part]) => replaced(text, name, part), page);
}

function replaced(page: string, name: string, part: string): string {
  const begin = `<!-- made by npm run docs: ${name} -->`;
  const from = page.indexOf(begin);
  const to = page.indexOf("<!-- end -->", from);
  if (from < 0 || to < 0) throw new Error(`the page has no place for ${name}: ${begin} … <!-- end -->`);
  return `${page.slice(0, from + begin.length)}\n\n${part}\n\n${page.slice(to)}`;
}

function fenced(text: string): string {
  return `\`\`\`text\n${text}\n\`\`\``;
}

/** Both sides, line by line; the mail is delivered anew for each. */
async function conversation(generation: Generation): Promise<string> {
  const store = new MemoryStore();
  store.addAccount("fred");
  for (const letter of LETTERS) await store.deliver("fred", { body: [Buffer.from(letter)] });
  const server = createPop3Server({
    store,
    hostName: "pop.example",
    authenticator: {
      checkPassword: () => Promise.resolve({ kind: "accepted", account: "fred", login: "fred" }),
      scramKeys: () => Promise.reject(new Error("nobody asks for them")),
    },
  });
  const { port } = await server.listen({ host: "127.0.0.1", port: 0, generation });
  try {
    return await talk(new Listener(connect({ host: "127.0.0.1", port })), CONVERSATIONS[generation]);
  } finally {
    await server.stop({ withinMs: 0 });
  }
}

async function talk(listener: Listener, steps: readonly Step[]): Promise<string> {
  const shown = [`S: ${await listener.line()}`];
  let octets = 0;
  for (const [command, answer] of steps) {
    listener.say(command);
    shown.push(`C: ${command}`);
    if (answer === "data") {
      shown.push(
        ...(await listener.octets(octets))
          .replace(/\r\n$/, "")
          .split("\r\n")
          .map((line) => `S: ${line}`.trimEnd()),
      );
      continue;
    }
    const first = await listener.line();
    shown.push(`S: ${first}`);
    octets = Number(/^[#=](\d+)/.exec(first)?.[1] ?? 0);
    for (let line = ""; answer === "multi-line" && line !== ".";) {
      line = await listener.line();
      shown.push(`S: ${line}`.trimEnd());
    }
  }
  return shown.join("\n");
}

class Listener {
  readonly #socket: Socket;
  readonly #chunks: AsyncIterator<Buffer>;
  #heard = "";

  constructor(socket: Socket) {
    this.#socket = socket;
    socket.setTimeout(DEADLINE_MS, () => socket.destroy(new Error("the server went silent")));
    this.#chunks = (socket as AsyncIterable<Buffer>)[Symbol.asyncIterator]();
  }

  say(command: string): void {
    this.#socket.write(`${command}\r\n`);
  }

  async line(): Promise<string> {
    const line = await this.#until(() => this.#heard.indexOf("\r\n") + 2, 2);
    return line.slice(0, -2);
  }

  octets(count: number): Promise<string> {
    return this.#until(() => (this.#heard.length >= count ? count : 0), 1);
  }

  async #until(lengthOf: () => number, least: number): Promise<string> {
    for (let length = lengthOf(); ; length = lengthOf()) {
      if (length >= least) {
        const taken = this.#heard.slice(0, length);
        this.#heard = this.#heard.slice(length);
        return taken;
      }
      const chunk = await this.#chunks.next();
      if (chunk.done === true) throw new Error("the server closed the connection");
      this.#heard += chunk.value.toString("latin1");
    }
  }
}
