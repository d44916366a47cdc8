// The load generator must notice every fault: a scripted server whose user name picks the fault, and runs that must
// succeed or must fail. Without this, a broken server could look fast.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer, type Socket } from "node:net";
import { after, before, test } from "node:test";
import { crc32 } from "node:zlib";
import { needs } from "../../interop/peers.ts";
import { buildPopload } from "../load.ts";

const MESSAGES = [
  "Subject: a\r\n\r\nhello\r\n.dot line\r\n..two\r\n.\r\nend\r\n",
  "",
  `Subject: b\r\n\r\n${"x".repeat(70_000)}\r\n`,
];
const OCTETS = MESSAGES.reduce((sum, { length }) => sum + length, 0);
const stuffed = (text: string): string => `${text.replaceAll(/^\./gm, "..")}.\r\n`;

type Answer = (argument: string, fault: string, socket: Socket) => string;

/** What a RETR answers instead of the truth, by fault. */
const SPOILED: Readonly<Record<string, (body: string) => string>> = {
  barelf: (body) => body.replace("hello\r\n", "hello\n"),
  unstuffed: (body) => body.replace("..dot", ".dot"),
  short: (body) => body.replace("hello", "hell"),
  corrupt: (body) => body.replace("hello", "hellx"),
};

const ANSWERS: Readonly<Record<string, Answer>> = {
  USER: () => "+OK \r\n",
  PASS: (_, fault) => (fault === "badpass" ? "-ERR no\r\n" : "+OK \r\n"),
  CAPA: () => "+OK \r\nUSER\r\n.\r\n",
  STAT: (_, fault) => (fault === "hang" ? "" : `+OK ${fault === "statcount" ? 4 : 3} ${OCTETS}\r\n`),
  LIST: (_, fault) => {
    const rows = MESSAGES.map(({ length }, n) => `${n + 1} ${length + (fault === "size" ? 1 : 0)}\r\n`);
    return `+OK \r\n${(fault === "listshort" ? rows.slice(0, 2) : rows).join("")}.\r\n`;
  },
  UIDL: (_, fault) =>
    `+OK \r\n${MESSAGES.map((_message, n) => `${n + 1} u${fault === "uidldup" ? 0 : n}\r\n`).join("")}.\r\n`,
  RETR: (argument, fault, socket) => {
    if (fault === "retrerr") return "-ERR x\r\n";
    const body = stuffed(MESSAGES[Number(argument) - 1] ?? "");
    if (fault === "cutmid" && argument === "3") {
      socket.end(`+OK \r\n${body.slice(0, 60_000)}`);
      return "";
    }
    return `+OK octets\r\n${(SPOILED[fault] ?? ((text: string) => text))(body)}`;
  },
  DELE: () => "+OK \r\n",
  RSET: () => "+OK \r\n",
  QUIT: (_, fault, socket) => {
    socket.end(`+OK bye\r\n${fault === "junk" ? "junk\r\n" : ""}`);
    return "";
  },
};

const server = createServer({ noDelay: true }, (socket) => {
  let fault = "";
  let rest = "";
  socket.on("error", () => socket.destroy());
  socket.write("+OK hi\r\n");
  socket.setEncoding("latin1").on("data", (text: string) => {
    const lines = (rest + text).split("\r\n");
    rest = lines.pop() ?? "";
    for (const line of lines) {
      const [keyword = "", argument = ""] = line.split(" ");
      if (keyword === "USER") fault = argument;
      const answer = ANSWERS[keyword]?.(argument, fault, socket) ?? "-ERR \r\n";
      if (fault === "trickle") for (const octet of answer) socket.write(octet, "latin1");
      else if (answer !== "") socket.write(answer, "latin1");
    }
  });
});

before(async () => {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
});
after(() => server.close());

async function popload(args: readonly string[]): Promise<{ code: number; errors: number; ok: number }> {
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  const [mode = "", user = "", ...rest] = args;
  const child = spawn(buildPopload(), [mode, "-p", String(port), "-u", user, ...rest], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  let output = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => (output += text));
  const [code] = (await once(child, "close")) as [number];
  const result = JSON.parse(output.trim().split("\n").at(-1) ?? "{}") as { errors: number; ok: number; held?: number };
  return { code, errors: result.errors, ok: result.held ?? result.ok };
}

const CRC = crc32(MESSAGES.join("")).toString(16).padStart(8, "0");

const GOOD: readonly (readonly string[])[] = [
  ["drain", "fine", "--expect-crc", CRC],
  ["drain", "fine", "--expect-crc", CRC, "-w", "8", "-c", "5"],
  ["list", "fine"],
  ["list", "trickle"],
  ["sessions", "fine", "-t", "0.3"],
  ["sessions", "fine", "-t", "0.3", "--pipeline"],
  ["mixed", "fine", "-t", "0.3"],
  ["idle", "fine", "-c", "20", "--settle", "0.1"],
];

const BAD: readonly (readonly string[])[] = [
  ["drain", "badpass"],
  ["drain", "statcount"],
  ["drain", "size"],
  ["drain", "listshort"],
  ["drain", "retrerr"],
  ["drain", "barelf"],
  ["drain", "unstuffed"],
  ["drain", "short"],
  ["drain", "corrupt", "--expect-crc", CRC],
  ["drain", "cutmid"],
  ["drain", "hang", "--timeout", "1"],
  ["list", "uidldup"],
  ["list", "listshort"],
  ["sessions", "junk", "-t", "0.3"],
  ["sessions", "badpass", "-t", "0.3"],
  ["sessions", "fine", "-t", "0.3", "--expect-msgs", "9"],
  ["mixed", "retrerr", "-t", "0.3"],
  ["idle", "badpass", "-c", "3", "-t", "2"],
];

for (const args of GOOD) {
  void test(
    `popload ${args.slice(0, 2).join(" ")} ${args.slice(4).join(" ")} finds nothing wrong with a right server`,
    needs("cc"),
    async () => {
      const result = await popload(args);
      assert.deepEqual({ code: result.code, errors: result.errors }, { code: 0, errors: 0 });
      assert.ok(result.ok > 0);
    },
  );
}

for (const args of BAD) {
  void test(
    `popload ${args.slice(0, 2).join(" ")} counts no session of a server with that fault`,
    needs("cc"),
    async () => {
      const result = await popload(args);
      assert.notEqual(result.code, 0);
      assert.equal(result.ok, 0);
    },
  );
}
