// The lockstep client of POP2 and POP1 on its own: RFC 937's client decision table by hand, and every reply cut anywhere.
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { requirement } from "../../../../scripts/conformance/requirement.ts";
import {
  advanceFamilyClient,
  createFamilyClient,
  PLAIN_KERNEL,
  POP1_CLIENT,
  POP1_CLIENT_STATES,
  POP2_CLIENT,
  POP2_CLIENT_STATES,
  type FamilyClientEffect,
  type FamilyClientSession,
  type FamilyClientTable,
} from "../../src/wire/index.ts";
import { octets, text } from "./octet-text.ts";

const limits = { lineOctetsMax: 512 };

/** Effects as one reads them: `> sent`, `< reply`, data as it is. */
function shown(effects: readonly FamilyClientEffect[]): readonly string[] {
  return effects.map((effect) => {
    switch (effect.kind) {
      case "send":
        return `> ${effect.text.trimEnd()}`;
      case "reply":
        return `${effect.number} ${effect.text}`;
      case "data":
        return `~${text(effect.octets)}`;
      case "failed":
        return `failed ${effect.failure} ${effect.text}`;
      case "greeting":
      case "refused":
      case "warning":
        return `${effect.kind} ${effect.text}`;
      case "whole":
        return "whole";
    }
  });
}

class Client {
  readonly session: FamilyClientSession;

  constructor(table: FamilyClientTable<string>, options: Parameters<typeof createFamilyClient>[1] = limits) {
    this.session = createFamilyClient(table, options);
  }

  say(keyword: string, ...args: readonly string[]): readonly string[] {
    return shown(advanceFamilyClient(this.session, { kind: "command", keyword, args }));
  }

  hear(reply: string): readonly string[] {
    return shown(advanceFamilyClient(this.session, { kind: "received", octets: octets(reply) }));
  }

  end(): readonly string[] {
    return shown(advanceFamilyClient(this.session, { kind: "ended" }));
  }
}

/** A POP2 client in a state of RFC 937, its last reply heard. */
function pop2In(state: "call" | "nmbr" | "size" | "xfer"): Client {
  const client = new Client(POP2_CLIENT);
  client.hear("+ POP2 host\r\n");
  if (state === "call") return client;
  client.say("HELO", "a", "b");
  client.hear("#3\r\n");
  if (state === "nmbr") return client;
  client.say("READ", "1");
  client.hear("=3\r\n");
  if (state === "size") return client;
  client.say("RETR");
  client.hear("abc");
  return client;
}

requirement(
  "P2-C-003",
  "each state of RFC 937 lets the client say what the table says, and understands one kind of reply",
  () => {
    const may: Record<string, readonly string[]> = {
      call: ["HELO", "QUIT"],
      nmbr: ["FOLD", "READ", "QUIT"],
      size: ["FOLD", "READ", "RETR", "QUIT"],
      xfer: ["ACKS", "ACKD", "NACK"],
    };
    const replies = { HELO: "#1", FOLD: "#1", READ: "=1", ACKS: "=1", ACKD: "=1", NACK: "=1", QUIT: "+ bye" } as const;
    assert.deepEqual(Object.keys(POP2_CLIENT.commands).toSorted(), [...Object.keys(replies), "RETR"].toSorted());
    assert.deepEqual(POP2_CLIENT_STATES, ["call", "nmbr", "size", "xfer", "exit"]);
    for (const state of ["call", "nmbr", "size", "xfer"] as const) {
      for (const keyword of Object.keys(POP2_CLIENT.commands)) {
        const client = pop2In(state);
        assert.equal(client.session.state, state);
        if (may[state]?.includes(keyword) !== true) {
          assert.throws(() => client.say(keyword), { code: "WRONG_STATE" }, `${keyword} in ${state}`);
          continue;
        }
        client.say(keyword);
        if (keyword === "RETR") continue;
        for (const reply of ["#1", "=1", "+ bye", "x", "", "#", "=-1", "# 1", "#1x"]) {
          const one = pop2In(state);
          one.say(keyword);
          const heard = one.hear(`${reply}\r\n`);
          const isRight =
            reply.startsWith(replies[keyword as keyof typeof replies][0] as string) &&
            !["#", "# 1", "#1x", "=-1"].includes(reply);
          const isPassedOver = reply === "" && state === "xfer";
          if (isRight || isPassedOver)
            assert.equal(one.session.awaits, isRight ? "nothing" : "reply", `${keyword} ${reply}`);
          else assert.deepEqual([heard[0], one.session.awaits], ["> QUIT", "closed"], `${keyword} ${reply}`);
        }
      }
    }
  },
);

requirement("P2-C-001", "what greets otherwise is told QUIT; a refusal in its place is told as one", () => {
  assert.deepEqual(new Client(POP2_CLIENT).hear("+OK POP3\r\n"), ["> QUIT", "failed greeting +OK POP3"]);
  assert.deepEqual(new Client(POP2_CLIENT).hear("- busy\r\n"), ["> QUIT", "failed refused - busy"]);
  assert.deepEqual(new Client(POP2_CLIENT).hear("+ POP2\r\n"), ["greeting + POP2"]);
});

requirement("P2-C-004", "RETR after a length of zero is refused here", () => {
  const client = pop2In("nmbr");
  client.say("READ", "9");
  client.hear("=0 no\r\n");
  assert.throws(() => client.say("RETR"), { code: "WRONG_STATE" });
});

requirement(["P2-C-015", "P1-C-010"], "no argument brings a second line, and none is too long or no octets", () => {
  for (const bad of ["a\r\nb", "a\n", "\0", "", "\u0100"])
    assert.throws(() => pop2In("call").say("HELO", bad, "x"), { code: "BAD_ARGUMENT" });
  const long = "x".repeat(512 - "FOLD \r\n".length);
  assert.deepEqual(pop2In("nmbr").say("FOLD", long), [`> FOLD ${long}`]);
  assert.throws(() => pop2In("nmbr").say("FOLD", `${long}x`), { code: "LINE_TOO_LONG" });
});

test("a refusal that the table has no way on from is the end", () => {
  const client = pop2In("call");
  client.say("HELO", "a", "b");
  assert.deepEqual(client.hear("- bad login\r\n"), ["> QUIT", "failed refused bad login"]);
});

test("secrets are hidden where a log may see them", () => {
  const client = pop2In("call");
  const effects = advanceFamilyClient(client.session, { kind: "command", keyword: "HELO", args: ["a b", "c\\d"] });
  assert.deepEqual(effects, [{ kind: "send", text: "HELO a\\ b c\\\\d\r\n", shown: "HELO a b ****" }]);
});

requirement("P2-C-013", "one line end behind the data is passed over when a reply follows", () => {
  const client = pop2In("xfer");
  assert.deepEqual(client.hear("\r\n"), []);
  assert.deepEqual(client.say("ACKS"), ["> ACKS", "warning a line end behind the message was not counted"]);
  assert.deepEqual(client.hear("=7 more\r\n"), ["7 more"]);
});

requirement("P1-C-008", "POP1: text behind # and +OK, and any line with - where it may be refused", () => {
  const client = new Client(POP1_CLIENT);
  assert.deepEqual(client.hear("+ok hello\r\n"), ["greeting +ok hello"]);
  client.say("USER", "fred");
  assert.deepEqual(client.hear("-Error: who\r\n"), ["refused Error: who"]);
  client.say("USER", "fred");
  assert.deepEqual(client.hear("+OK\r\n"), ["0 "]);
  client.say("PASS", "secret");
  client.hear("+OK\r\n");
  client.say("RETR", "a b");
  assert.deepEqual(client.hear("#0 chars\r\n"), ["0 chars"]);
  assert.deepEqual(client.say("RCEV"), ["> RCEV", "whole"]);
  client.say("RCVD");
  client.hear("-ERR\r\n");
  assert.equal(client.session.state, "ready");
  assert.deepEqual(POP1_CLIENT_STATES, ["start", "named", "ready", "open", "received", "end"]);
});

requirement("P1-C-009", "POP1: a +OK before the data, where that is expected; anything else is garbage", () => {
  const open = (): Client => {
    const client = new Client(POP1_CLIENT, { ...limits, hasDataReply: true, kernel: { ...PLAIN_KERNEL } });
    client.hear("+OK\r\n");
    for (const [keyword, reply] of [
      ["USER", "+OK"],
      ["PASS", "+OK"],
      ["RDEL", "#3"],
    ] as const) {
      client.say(keyword, "x");
      client.hear(`${reply}\r\n`);
    }
    client.say("RCEV");
    return client;
  };
  assert.deepEqual(open().hear("+OK here\r\nabc"), ["~abc", "whole"]);
  assert.deepEqual(open().hear("abc\r\n"), ["> QUIT", "failed protocol abc"]);
});

test("an end is told once: inside data as half of it", () => {
  assert.deepEqual(pop2In("nmbr").end(), ["failed closed "]);
  const client = pop2In("size");
  client.say("RETR");
  client.hear("a");
  assert.deepEqual([client.end(), client.end(), client.hear("x")], [["failed truncated "], [], []]);
});

test("what nobody asked for costs no memory beyond a line, and ends the session", () => {
  const client = new Client(POP2_CLIENT);
  client.hear("+ POP2 host ready\r\n");
  assert.deepEqual(client.hear("\r\n".repeat(256)), []);
  assert.deepEqual(client.hear("\r"), ["> QUIT", "failed line-too-long "]);
  assert.equal(client.session.awaits, "closed");
});

test("a reply line without end costs no memory, and ends the session", () => {
  const client = pop2In("call");
  client.say("HELO", "a", "b");
  assert.deepEqual(client.hear(`#1 ${"x".repeat(600)}`), ["> QUIT", "failed line-too-long "]);
});

const SCRIPT = ["+ POP2 h\r\n", "#2 m\r\n", "=5\r\n", "\0\r\n=x", "=3\r\n", "abc", "=0\r\n", "+ OK\r\n"];
const SAID: readonly (readonly string[])[] = [
  ["HELO", "a", "b"],
  ["READ", "1"],
  ["RETR"],
  ["ACKD"],
  ["RETR"],
  ["ACKS"],
  ["QUIT"],
];

test("a whole conversation is understood the same, however each reply is cut, and when all of it comes at once", () => {
  const play = (pieces: (reply: string) => readonly string[]): string => {
    const client = new Client(POP2_CLIENT);
    const heard: string[] = [];
    for (const [at, reply] of SCRIPT.entries()) {
      for (const piece of pieces(reply)) heard.push(...client.hear(piece));
      const next = SAID[at];
      if (next !== undefined) heard.push(...client.say(next[0] as string, ...next.slice(1)));
    }
    return heard.join("|").replaceAll("|~", "");
  };
  const whole = play((reply) => [reply]);
  assert.match(whole, /whole.*whole/s);
  for (const [at, one] of SCRIPT.entries())
    for (let cut = 1; cut < one.length; cut += 1)
      assert.equal(
        play((reply) => (reply === SCRIPT[at] ? [reply.slice(0, cut), reply.slice(cut)] : [reply])),
        whole,
      );
  const ahead = new Client(POP2_CLIENT);
  ahead.hear(SCRIPT.join(""));
  const heard = SAID.flatMap(([keyword = "", ...args]) => ahead.say(keyword, ...args));
  assert.equal(heard.filter((one) => one === "whole").length, 2);
  assert.equal(ahead.session.state, "exit");
});

test("whatever a server says, the client never throws, and says nothing but QUIT by itself", () => {
  const reply = fc.oneof(
    fc.constantFrom(...SCRIPT, "- no\r\n", "+OK\r\n", "#5\r\n", "\r\n", "From x\r\n"),
    fc.string({ unit: "binary-ascii", maxLength: 20 }),
  );
  const command = fc.constantFrom(
    "HELO",
    "USER",
    "PASS",
    "READ",
    "FOLD",
    "RETR",
    "RDEL",
    "RCEV",
    "RCVD",
    "ACKS",
    "ACKD",
    "NACK",
    "NOOP",
    "RSET",
    "QUIT",
  );
  fc.assert(
    fc.property(
      fc.constantFrom<FamilyClientTable<string>>(POP2_CLIENT, POP1_CLIENT),
      fc.array(fc.tuple(reply, command), { maxLength: 30 }),
      (table, steps) => {
        const client = new Client(table);
        for (const [heard, said] of steps) {
          for (const one of client.hear(heard)) if (one.startsWith("> ")) assert.equal(one, "> QUIT");
          const isAllowed = client.session.awaits === "nothing";
          try {
            client.say(said, "x");
          } catch (error) {
            assert.ok(["WRONG_STATE"].includes((error as { code: string }).code) || !isAllowed, String(error));
          }
        }
      },
    ),
    { seed: 937, numRuns: 3_000 },
  );
});
