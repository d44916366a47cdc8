// Delivery: whole or not at all, once, in order, while sessions come and go.
import assert from "node:assert/strict";
import type { DeliverOptions } from "../../maildrop/index.ts";
import { deliver, deliverAll, look, octetsOf, open, removeNumbers, textsIn, textsOf, uniqueIdsOf } from "./sessions.ts";
import type { Claim } from "./setting.ts";

const many = 300;

export function claimsOnDelivery(claim: Claim): void {
  claim(`${many} messages delivered at once are all there, once, in the order of their ids`, [], async (place) => {
    const delivered = await Promise.all(
      Array.from({ length: many }, async (_, i) => {
        const { messageId, added } = await deliver(place, `message ${i}`);
        assert.ok(added);
        return { messageId, text: `message ${i}\r\n` };
      }),
    );
    const expected = delivered.toSorted((a, b) => a.messageId - b.messageId).map((message) => message.text);
    const texts = await textsIn(place);
    assert.deepEqual(texts.toSorted(), expected.toSorted());
    assert.deepEqual(texts, expected);
  });

  claim("while mail comes in, every session sees what the one before it saw, then more", [], async (place) => {
    let pending = true;
    const deliveries = Promise.all(Array.from({ length: 60 }, (_, i) => deliver(place, `.message ${i}`)));
    const ended = deliveries.finally(() => void (pending = false));
    let seen: readonly string[] = [];
    while (pending) {
      await look(place, async (maildrop) => {
        const ids = uniqueIdsOf(maildrop);
        assert.deepEqual(ids.slice(0, seen.length), seen);
        seen = ids;
        if (maildrop.count === 0) return;
        const [last = ""] = await textsOf(maildrop, [maildrop.count]);
        assert.match(last, /^\.message \d+\r\n$/);
        assert.equal(last.length, maildrop.octetsOf(maildrop.count));
      });
      // Lets whatever the deliveries wait for happen.
      await new Promise<void>((resolve) => void setImmediate(resolve));
    }
    await ended;
    await look(place, (maildrop) => assert.equal(maildrop.count, 60));
  });

  claim("a second delivery with the same id is the first one again", [], async (place) => {
    const first = await deliver(place, "a", { deliveryId: "one" });
    const again = await deliver(place, "a", { deliveryId: "one" });
    const other = await deliver(place, "a", { deliveryId: "two" });
    assert.deepEqual([first.added, again.added, other.added], [true, false, true]);
    assert.equal(again.messageId, first.messageId);
    assert.notEqual(other.messageId, first.messageId);
    assert.deepEqual(await textsIn(place), ["a\r\n", "a\r\n"]);
  });

  claim("of ten deliveries with the same id at once one is added", [], async (place) => {
    const delivered = await Promise.all(Array.from({ length: 10 }, () => deliver(place, "a", { deliveryId: "one" })));
    assert.equal(delivered.filter((one) => one.added).length, 1);
    assert.equal(new Set(delivered.map((one) => one.messageId)).size, 1);
    assert.deepEqual(await textsIn(place), ["a\r\n"]);
  });

  claim("a delivery id is known also after its message was removed", [], async (place) => {
    const options: DeliverOptions = { deliveryId: "one" };
    const first = await deliver(place, "a", options);
    await removeNumbers(place, [1]);
    assert.deepEqual(await deliver(place, "a", options), { messageId: first.messageId, added: false });
    assert.deepEqual(await textsIn(place), []);
  });

  claim("a delivery id means something to its own maildrop only", [], async ({ store, account, otherAccount }) => {
    const options: DeliverOptions = { deliveryId: "one" };
    assert.equal((await deliver({ store, account }, "a", options)).added, true);
    assert.equal((await deliver({ store, account: otherAccount }, "a", options)).added, true);
    assert.deepEqual(await textsIn({ store, account: otherAccount }), ["a\r\n"]);
  });

  claim("a body that breaks off leaves nothing behind, not even its delivery id", [], async (place) => {
    const options: DeliverOptions = { deliveryId: "one" };
    async function* broken(): AsyncGenerator<Uint8Array> {
      yield octetsOf("Subject: half\r\n");
      await Promise.resolve();
      throw new Error("the line is dead");
    }
    await assert.rejects(place.store.deliver(place.account, { body: broken() }, options));
    assert.deepEqual(await textsIn(place), []);
    assert.equal((await deliver(place, "whole", options)).added, true);
    assert.deepEqual(await textsIn(place), ["whole\r\n"]);
  });

  claim("mail for an account that does not exist is refused", [], async ({ store }) => {
    const place = { store, account: "nobody-has-this-account" };
    await assert.rejects(deliver(place, "a"), { code: "NO_SUCH_ACCOUNT" });
  });

  claim("mail can be delivered while the maildrop is in use", [], async (place) => {
    const maildrop = await open(place);
    assert.equal((await deliver(place, "a")).added, true);
    await maildrop.release();
    assert.deepEqual(await textsIn(place), ["a\r\n"]);
  });

  claim("what was delivered is there after a restart, its delivery id included", ["reopen"], async (setting) => {
    const large = `${"z".repeat(75)}\n`.repeat(4_000);
    await deliverAll(setting, ["a", large, ""]);
    const first = await deliver(setting, "last", { deliveryId: "one" });
    const place = { ...setting, store: await setting.reopen() };
    assert.deepEqual(await textsIn(place), ["a\r\n", large.replaceAll("\n", "\r\n"), "", "last\r\n"]);
    assert.deepEqual(await deliver(place, "last", { deliveryId: "one" }), { messageId: first.messageId, added: false });
  });
}
