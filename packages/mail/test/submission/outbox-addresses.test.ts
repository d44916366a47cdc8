// Addresses beyond ASCII: which servers get them, and how they are written there.
import assert from "node:assert/strict";
import { test } from "node:test";
import { desk, serverAt, toServer } from "./outbox-desk.ts";
import { smtpPeer } from "./smtp-peer.ts";

test("an address beyond ASCII goes to no server that does not take it, and then to nobody at all", async (context) => {
  const asked: string[] = [];
  const peer = await smtpPeer(context, {
    onRecipient: (address) => void asked.push(address),
    smtp: { hideSMTPUTF8: true },
  });
  const at = await desk(context, toServer(serverAt(peer)));
  const failed = at.reached("failed", "sent");
  await at.write({ message: { to: [{ name: "", address: "дарья@пример.example" }] } });
  const { trouble, refused } = await failed;
  assert.equal(trouble?.code, "ascii-only");
  assert.deepEqual(refused, [{ address: "дарья@пример.example", reply: "" }]);
  assert.deepEqual([asked, peer.attempts], [[], 0], "not even those whose address it would have taken");
});

test("a sender beyond ASCII is refused by the same rule", async (context) => {
  const peer = await smtpPeer(context, { smtp: { hideSMTPUTF8: true } });
  const at = await desk(context, toServer(serverAt(peer)));
  const failed = at.reached("failed", "sent");
  await at.write({ message: { from: { name: "", address: "анна@alder.example" } } });
  assert.equal((await failed).trouble?.code, "ascii-only");
  assert.equal(peer.attempts, 0);
});

test("a server with SMTPUTF8 gets the address as it is (RFC 6531 §3.4)", async (context) => {
  const commands: string[] = [];
  const peer = await smtpPeer(context, {
    smtp: { onMailFrom: ({ args }, _session, done) => (commands.push(JSON.stringify(args)), done()) },
  });
  const at = await desk(context, toServer(serverAt(peer)));
  const sent = at.reached("sent");
  await at.write({ message: { to: [{ name: "", address: "дарья@пример.example" }] } });
  await sent;
  assert.deepEqual(peer.taken[0]?.to, ["дарья@пример.example", "cleo@elm.example"]);
  assert.match(commands[0] ?? "", /"SMTPUTF8":true/);
});

test("a domain beyond ASCII goes to every server, in A-labels (RFC 5891 §4.4)", async (context) => {
  const peer = await smtpPeer(context, { smtp: { hideSMTPUTF8: true } });
  const at = await desk(context, toServer(serverAt(peer)));
  const sent = at.reached("sent", "failed");
  await at.write({
    message: { from: { name: "", address: "anna@bücher.example" }, to: [{ name: "", address: "ben@bücher.example" }] },
  });
  const { state, envelope, taken: reached } = await sent;
  assert.equal(state, "sent");
  assert.deepEqual([envelope.from, reached[0]], ["anna@xn--bcher-kva.example", "ben@xn--bcher-kva.example"]);
  const [taken] = peer.taken;
  assert.match(taken?.octets.toString("latin1") ?? "", /^Message-ID: <[\w-]+@xn--bcher-kva\.example>\r$/m);
});
