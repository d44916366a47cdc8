// Mailboxes beside INBOX, opened by name for POP2's FOLD (RFC 937) and POP1's RETR (RFC 918): each is a maildrop of its
// own to read and to remove from, and one session at a time has all of an account's.
import assert from "node:assert/strict";
import type { Maildrop } from "../../maildrop/index.ts";
import {
  deliver,
  deliverAll,
  look,
  open,
  removeNumbers,
  textsIn,
  textsOf,
  uniqueIdsOf,
  type Place,
} from "./sessions.ts";
import type { Claim } from "./setting.ts";

const elsewhere = "Notes 2024/boat";

export function claimsOnMailboxes(claim: Claim): void {
  claim(
    "a mailbox opened by name has its own messages, in the order they came, and nobody else's",
    ["mailboxes"],
    async (place) => {
      const other: Place = { ...place, mailbox: elsewhere };
      await deliver(place, "in the maildrop");
      await deliverAll(other, ["a", "b"]);
      await deliver({ ...place, account: place.otherAccount, mailbox: elsewhere }, "theirs");
      assert.deepEqual(await textsIn(other), ["a\r\n", "b\r\n"]);
      assert.deepEqual(await textsIn(place), ["in the maildrop\r\n"]);
    },
  );

  claim("INBOX, in any case, is the maildrop", ["mailboxes"], async (place) => {
    await deliver(place, "a");
    assert.deepEqual(await textsIn({ ...place, mailbox: "Inbox" }), ["a\r\n"]);
  });

  claim("a mailbox that is not there is refused, and the account is free afterwards", ["mailboxes"], async (place) => {
    await deliver({ ...place, account: place.otherAccount, mailbox: elsewhere }, "theirs");
    for (const mailbox of [elsewhere, "../x", "/etc/passwd", "a\0b", "x".repeat(1_000), ""])
      await assert.rejects(open({ ...place, mailbox }), { code: "NO_SUCH_MAILBOX" });
    assert.deepEqual(await textsIn(place), []);
  });

  claim("a commit removes from the mailbox that was opened, and nothing else", ["mailboxes"], async (place) => {
    const other: Place = { ...place, mailbox: elsewhere };
    await deliver(place, "in the maildrop");
    await deliverAll(other, ["a", "b", "c"]);
    await removeNumbers(other, [1, 3]);
    assert.deepEqual(await textsIn(other), ["b\r\n"]);
    assert.deepEqual(await textsIn(place), ["in the maildrop\r\n"]);
  });

  claim(
    "mail that comes into an open mailbox is not seen and not removed",
    ["mailboxes", "stable-snapshot"],
    async (place) => {
      const other: Place = { ...place, mailbox: elsewhere };
      await deliver(other, "old");
      const maildrop = await open(other);
      await deliver(other, "new");
      assert.deepEqual([maildrop.count, maildrop.octets, await textsOf(maildrop)], [1, 5, ["old\r\n"]]);
      assert.equal(await maildrop.commit(new Set([1])), "done");
      assert.deepEqual(await textsIn(other), ["new\r\n"]);
    },
  );

  claim("who holds one mailbox of an account holds them all", ["mailboxes", "exclusive-lock"], async (place) => {
    const other: Place = { ...place, mailbox: elsewhere };
    await deliver(other, "a");
    await whileOpen(other, () => assert.rejects(open(place), { code: "MAILDROP_IN_USE" }));
    await whileOpen(place, () => assert.rejects(open(other), { code: "MAILDROP_IN_USE" }));
  });

  claim(
    "a session that was taken over removes nothing from another mailbox either",
    ["mailboxes", "exclusive-lock"],
    async (place) => {
      const other: Place = { ...place, mailbox: elsewhere };
      await deliver(other, "a");
      const before = await open(other);
      const next = await open(place, "takeover");
      assert.equal(await before.commit(new Set([1])), "lost-lease");
      await next.release();
      assert.deepEqual(await textsIn(other), ["a\r\n"]);
    },
  );

  claim("unique-ids of another mailbox are the same in every session", ["mailboxes"], async (place) => {
    const other: Place = { ...place, mailbox: elsewhere };
    await deliverAll(other, ["a", "b"]);
    const [first, second] = [await look(other, uniqueIdsOf), await look(other, uniqueIdsOf)];
    assert.deepEqual(first, second);
    assert.equal(new Set(first).size, 2);
  });
}

async function whileOpen(place: Place, body: () => Promise<void>): Promise<void> {
  const maildrop: Maildrop = await open(place);
  await body();
  await maildrop.release();
}
