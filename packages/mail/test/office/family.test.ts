// POP2 and POP1 in the post office: the mailboxes of the store by name, who, kick and the log.
import assert from "node:assert/strict";
import { test } from "node:test";
import { requirement } from "../../../../scripts/conformance/requirement.ts";
import { openTestOffice, Talk } from "./test-office.ts";

const keys = { "listen.pop2": "127.0.0.1:0", "listen.pop1": "127.0.0.1:0", "listen.pop1s": "127.0.0.1:0" };

async function withAnna(
  run: (o: {
    readonly office: Awaited<ReturnType<typeof openTestOffice>>;
    readonly password: string;
    place(text: string, mailbox?: string): Promise<void>;
  }) => Promise<void>,
): Promise<void> {
  const office = await openTestOffice({ keys });
  try {
    const { house } = office.office;
    const { password } = await house.accounts.add({ name: "anna", popDelete: { kind: "trash", days: 30 } });
    const account = house.store.directory.accountNamed("anna")?.account ?? assert.fail("no account");
    await run({
      office,
      password,
      async place(text, mailbox = "INBOX") {
        await house.store.deliver(account, { body: [Buffer.from(text)] }, { mailbox });
      },
    });
  } finally {
    await office.stop();
  }
}

requirement(
  ["P2-S-006", "P2-S-007"],
  "FOLD reaches every mailbox of the account, and what is acknowledged leaves it for good",
  async () => {
    await withAnna(async ({ office, password, place }) => {
      await place("a\r\n");
      await place("b\r\n", "Archive");
      await place("c\r\n", "My notes");
      const talk = new Talk(office.port("pop2"));
      assert.equal(await talk.line(), "+ POP2 mail.example.org ready");
      assert.equal(await talk.say(`HELO anna ${password}`), "#1 message");
      assert.equal(await talk.say("FOLD My\\ notes"), "#1 message");
      assert.equal(await talk.say("READ"), "=3 octets");
      assert.equal(await talk.say("RETR"), "c");
      assert.equal(await talk.say("ACKD"), "=0 no such message");
      assert.equal(await talk.say("FOLD Archive"), "#1 message");
      assert.equal(await talk.say("FOLD My\\ notes"), "#0 messages");
      assert.equal(await talk.say("FOLD Trash"), "#0 messages");
      assert.equal(await talk.say("FOLD bert/INBOX"), "#0 messages");
      assert.equal(await talk.say("FOLD INBOX"), "#1 message");
      assert.equal(await talk.say("QUIT"), "+ bye");
      talk.close();
    });
  },
);

requirement("P1-S-009", "POP1 empties a mailbox of the store by name, and leaves INBOX alone", async () => {
  await withAnna(async ({ office, password, place }) => {
    await place("a\r\n");
    await place("From b\r\n", "Archive");
    const talk = new Talk(office.port("pop1"));
    await talk.line();
    await talk.say("USER anna");
    assert.equal(await talk.say(`PASS ${password}`), "+OK logged in");
    assert.equal(await talk.say("RDEL Archive"), "#56 octets");
    assert.equal(await talk.say("RCEV"), "From MAILER-DAEMON Thu Jan  1 00:00:00 1970");
    assert.equal(await talk.line(), ">From b");
    assert.equal(await talk.line(), "");
    assert.equal(await talk.say("RCVD"), "+OK mail removed, mailbox closed");
    assert.equal(await talk.say("RETR Archive"), "#0 octets");
    assert.equal(await talk.say("RSET"), "+OK mailbox closed");
    assert.equal(await talk.say("RETR INBOX"), "#50 octets");
    assert.equal(await talk.say("QUIT"), "+OK bye");
    talk.close();
  });
});

test("who shows POP2 and POP1 sessions, kick ends them, and what they marked stays", async () => {
  await withAnna(async ({ office, password, place }) => {
    await place("a\r\n");
    const talk = new Talk(office.port("pop2"));
    await talk.line();
    await talk.say(`HELO anna ${password}`);
    await talk.say("READ");
    await talk.say("RETR");
    assert.equal(await talk.say("ACKD"), "=0 no such message");
    const [session] = office.office.sessions();
    assert.deepEqual([session?.protocol, session?.login, session?.state], ["pop2", "anna", "item"]);
    assert.equal(office.office.kick(session?.session ?? ""), true);
    assert.equal(await talk.line(), "- the server ends this session");
    assert.equal(await talk.line(), undefined);
    const again = new Talk(office.port("pop2"));
    await again.line();
    assert.equal(await again.say(`HELO anna ${password}`), "#1 message");
    again.close();
  });
});
