// Which replies and connections a fault of a scripted peer is for, seen from a socket.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { LineClient } from "../support/line-client.ts";
import { peerWith } from "./peer-fixture.ts";

test("a fault applies to the command it names, by whole leading words, in any case", async (context) => {
  const { login } = await peerWith(context, { on: "retr 2", answer: "-ERR no" }, { on: "DEL", answer: "-ERR never" });
  const client = await login();
  assert.equal(await client.command("RETR 2"), "-ERR no");
  assert.deepEqual(await client.list("RETR 1"), ["a", "."]);
  assert.equal(await client.command("Retr 2"), "-ERR no");
  assert.equal(await client.command("RETR 22"), "-ERR no such message");
  assert.equal(await client.command("DELE 1"), "+OK marked");
});

test("a fault may name a pattern of commands, or every reply", async (context) => {
  const { login } = await peerWith(context, { on: /^(LIST|UIDL)$/, answer: "-ERR not now" });
  const client = await login();
  assert.equal(await client.command("LIST"), "-ERR not now");
  assert.equal(await client.command("UIDL"), "-ERR not now");
  assert.equal(await client.command("UIDL 1"), "+OK 1 peer-1");
  const every = await peerWith(context, { on: "*", answer: "-ERR closed for today" });
  const other = await every.connect();
  assert.equal(await other.line(), "-ERR closed for today");
  assert.equal(await other.command("CAPA"), "-ERR closed for today");
});

test("a fault is for the connections it names", async (context) => {
  const { connect } = await peerWith(
    context,
    { on: "greeting", connection: 2, answer: "+OK second" },
    { on: "greeting", connection: [3, 4], answer: "+OK third or fourth" },
  );
  const greetings: string[] = [];
  for (let n = 1; n <= 5; n += 1) greetings.push(await (await connect()).line());
  assert.deepEqual(greetings, [
    "+OK POP3 ready",
    "+OK second",
    "+OK third or fourth",
    "+OK third or fourth",
    "+OK POP3 ready",
  ]);
});

test("a fault passes over as many replies as it is told, and applies as often as it is told", async (context) => {
  const { login } = await peerWith(context, { on: "NOOP", skip: 1, times: 2, answer: "-ERR no" });
  const answers = async (client: LineClient, count: number): Promise<string[]> => {
    const all: string[] = [];
    for (let n = 0; n < count; n += 1) all.push(await client.command("NOOP"));
    return all;
  };
  assert.deepEqual(await answers(await login(), 2), ["+OK ", "-ERR no"]);
  assert.deepEqual(await answers(await login(), 3), ["-ERR no", "+OK ", "+OK "]);
});

test("of two faults that set the same thing the later counts, what they set apart adds up", async (context) => {
  const { login } = await peerWith(
    context,
    { on: "NOOP", answer: "-ERR first", behind: "+OK more\r\n" },
    { on: "NOOP", answer: "-ERR second" },
  );
  const client = await login();
  assert.equal(await client.command("NOOP"), "-ERR second");
  assert.equal(await client.line(), "+OK more");
});

test("other faults can take the place of those before", async (context) => {
  const { peer, login } = await peerWith(context, { on: "NOOP", answer: "-ERR no" });
  const client = await login();
  assert.equal(await client.command("NOOP"), "-ERR no");
  peer.script([{ on: "STAT", answer: "+OK 0 0" }]);
  assert.equal(await client.command("NOOP"), "+OK ");
  assert.equal(await client.command("STAT"), "+OK 0 0");
  peer.script([]);
  assert.equal(await client.command("STAT"), "+OK 3 26");
});
