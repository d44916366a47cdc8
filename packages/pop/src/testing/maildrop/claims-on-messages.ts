// What goes in comes out: canonical octets, exact sizes, whole runs, TOP.
import assert from "node:assert/strict";
import { octetsOf, chunksOf, deliver, deliverAll, look, numbersOf, open, textsIn, textsOf } from "./sessions.ts";
import { canonicalText, hasDotLine, MESSAGE_SHAPES, topText } from "./message-shapes.ts";
import { randomCuts, randomFrom, randomText } from "./samples.ts";
import type { Claim } from "./setting.ts";

const chunkOctetsMax = 262_144;
const samples = 60;

export function claimsOnMessages(claim: Claim, seed: number): void {
  claim("every shape of message comes back in its canonical form", [], async (place) => {
    await deliverAll(
      place,
      MESSAGE_SHAPES.map((shape) => shape.given),
    );
    const texts = await textsIn(place);
    for (const [i, shape] of MESSAGE_SHAPES.entries()) assert.equal(texts[i], shape.kept, shape.name);
    assert.equal(texts.length, MESSAGE_SHAPES.length);
  });

  claim("the octets listed are the octets read, of every shape of message", [], async (place) => {
    await deliverAll(
      place,
      MESSAGE_SHAPES.map((shape) => shape.given),
    );
    await look(place, async (maildrop) => {
      const read = await textsOf(maildrop);
      assert.deepEqual(
        numbersOf(maildrop).map((n) => maildrop.octetsOf(n)),
        read.map((text) => text.length),
      );
      assert.deepEqual(
        read.map((text) => text.length),
        MESSAGE_SHAPES.map((shape) => shape.kept.length),
      );
    });
  });

  claim("the octets of a maildrop are the sum of its messages' octets", [], async (place) => {
    await look(place, (maildrop) => assert.deepEqual([maildrop.count, maildrop.octets], [0, 0]));
    await deliverAll(place, ["a\nb\n", "", "c", "\n"]);
    // a CRLF b CRLF is 6 octets, c CRLF 3, CRLF 2.
    await look(place, (maildrop) => assert.deepEqual([maildrop.count, maildrop.octets], [4, 11]));
  });

  claim("a message may go unstuffed only when none of its lines begins with a dot", [], async (place) => {
    await deliverAll(
      place,
      MESSAGE_SHAPES.map((shape) => shape.given),
    );
    await look(place, async (maildrop) => {
      for (const [i, shape] of MESSAGE_SHAPES.entries()) {
        if (!hasDotLine(shape.kept)) continue;
        for (const chunk of await chunksOf(maildrop, [i + 1])) assert.ok(chunk.mayNeedStuffing, shape.name);
      }
    });
  });

  claim(`any body cut anywhere comes back canonical: ${samples} random messages, seed ${seed}`, [], async (place) => {
    const random = randomFrom(seed);
    const given = Array.from({ length: samples }, () => randomText(random));
    for (const text of given) {
      await place.store.deliver(place.account, { body: randomCuts(octetsOf(text), random) });
    }
    const bodyLines = random(4);
    await look(place, async (maildrop) => {
      assert.deepEqual(await textsOf(maildrop), given.map(canonicalText));
      assert.deepEqual(
        numbersOf(maildrop).map((n) => maildrop.octetsOf(n)),
        given.map((text) => canonicalText(text).length),
      );
      for (const [i, text] of given.entries()) {
        assert.deepEqual(await textsOf(maildrop, [i + 1], { bodyLines }), [topText(canonicalText(text), bodyLines)]);
      }
    });
  });

  claim("trace fields stand before the body as they are and are counted", [], async (place) => {
    const prefix = "Return-Path: <a@b.example>\r\nDelivered-To: c\r\n";
    const large = `Subject: x\n\n${`${"z".repeat(75)}\n`.repeat(4_000)}`;
    const bodies = ["Subject: x\n\n.y\n", "", "\nno header", ".", "no blank line", large];
    for (const body of bodies) {
      await place.store.deliver(place.account, { prefix: octetsOf(prefix), body: [octetsOf(body)] });
    }
    await look(place, async (maildrop) => {
      for (const [i, body] of bodies.entries()) {
        const kept = prefix + canonicalText(body);
        const [text] = await textsOf(maildrop, [i + 1]);
        assert.ok(text === kept, `message ${i + 1}`);
        assert.equal(maildrop.octetsOf(i + 1), kept.length);
        assert.deepEqual(await textsOf(maildrop, [i + 1], { bodyLines: 0 }), [topText(kept, 0)]);
        const chunks = await chunksOf(maildrop, [i + 1]);
        assert.ok(!hasDotLine(kept) || chunks.every((chunk) => chunk.mayNeedStuffing), `message ${i + 1}`);
      }
    });
  });

  claim("a body may come as a stream", [], async (place) => {
    async function* body(): AsyncGenerator<Uint8Array> {
      yield octetsOf("Subject: x\r");
      await Promise.resolve();
      yield octetsOf("\n\r\nb");
    }
    await place.store.deliver(place.account, { body: body() });
    assert.deepEqual(await textsIn(place), ["Subject: x\r\n\r\nb\r\n"]);
  });

  claim("a run of messages comes in the order asked for, each with one last chunk", [], async (place) => {
    await deliverAll(place, ["one", "", "three"]);
    await look(place, async (maildrop) => {
      assert.deepEqual(await textsOf(maildrop, [3, 2, 1, 3]), ["three\r\n", "", "one\r\n", "three\r\n"]);
      assert.deepEqual(await textsOf(maildrop, []), []);
    });
  });

  claim("an empty message is one empty last chunk", [], async (place) => {
    await deliver(place, "");
    await look(place, async (maildrop) => {
      assert.equal(maildrop.octetsOf(1), 0);
      const chunks = await chunksOf(maildrop, [1]);
      assert.deepEqual(
        chunks.map((chunk) => [chunk.octets.length, chunk.last]),
        [[0, true]],
      );
    });
  });

  claim("a message of 3 MB comes in chunks of at most 256 KiB", [], async (place) => {
    const body = `Subject: large\r\n\r\n${`${"z".repeat(75)}\r\n.`.repeat(40_000)}end\r\n`;
    await deliverAll(place, ["before", body, "after"]);
    await look(place, async (maildrop) => {
      const chunks = await chunksOf(maildrop, [2]);
      assert.ok(chunks.every((chunk) => chunk.octets.length <= chunkOctetsMax));
      assert.deepEqual(
        chunks.filter((chunk) => chunk.last),
        chunks.slice(-1),
      );
      assert.ok(Buffer.concat(chunks.map((chunk) => chunk.octets)).equals(octetsOf(body)), "the octets differ");
      assert.equal(maildrop.octetsOf(2), body.length);
      assert.deepEqual(await textsOf(maildrop, [1, 3]), ["before\r\n", "after\r\n"]);
    });
  });

  claim("octets that are only borrowed are the message's until the next are asked for", [], async (place) => {
    const large = `Subject: large\r\n\r\n${`${"z".repeat(75)}\r\n.`.repeat(10_000)}end\r\n`;
    await deliverAll(place, [...MESSAGE_SHAPES.map((shape) => shape.given), large]);
    await look(place, async (maildrop) => {
      const kept = [...MESSAGE_SHAPES.map((shape) => shape.kept), large];
      const numbers = [...numbersOf(maildrop), maildrop.count, 1, 1];
      assert.deepEqual(
        await textsOf(maildrop, numbers, { borrowed: true }),
        numbers.map((n) => kept[n - 1]),
      );
      for (const n of [1, maildrop.count]) {
        const top = await textsOf(maildrop, [n], { bodyLines: 2, borrowed: true });
        assert.deepEqual(top, [topText(kept[n - 1] ?? "", 2)]);
      }
      // Those nobody said were borrowed are the caller's for good.
      assert.deepEqual(await textsOf(maildrop), kept);
    });
  });

  claim("a reader closed midway leaves the maildrop readable", [], async (place) => {
    const body = `${"z".repeat(999)}\n`.repeat(1_000);
    await deliverAll(place, [body, "small"]);
    await look(place, async (maildrop) => {
      const reader = maildrop.read([1, 2]);
      assert.equal((await reader.next())?.last, false);
      reader.close();
      reader.close();
      assert.deepEqual(await textsOf(maildrop, [2, 1]), ["small\r\n", canonicalText(body)]);
    });
  });

  claim("TOP gives the header, the blank line and the first lines of the body", [], async (place) => {
    await deliver(place, "A: 1\nB: 2\n\none\n.two\n\nfour");
    await look(place, async (maildrop) => {
      const top = async (bodyLines: number): Promise<string> => (await textsOf(maildrop, [1], { bodyLines })).join();
      assert.equal(await top(0), "A: 1\r\nB: 2\r\n\r\n");
      assert.equal(await top(1), "A: 1\r\nB: 2\r\n\r\none\r\n");
      assert.equal(await top(3), "A: 1\r\nB: 2\r\n\r\none\r\n.two\r\n\r\n");
      assert.equal(await top(4), "A: 1\r\nB: 2\r\n\r\none\r\n.two\r\n\r\nfour\r\n");
    });
  });

  claim("P3-S-111 P3-S-115 TOP of more lines than there are is the whole message, however long", [], async (place) => {
    const body = `A: 1\r\n\r\n${`${"z".repeat(70)}\r\n`.repeat(20_000)}`;
    await deliverAll(place, [body, "A: 1\r\n\r\n", ""]);
    await look(place, async (maildrop) => {
      for (const [i, kept] of [body, "A: 1\r\n\r\n", ""].entries()) {
        const [whole] = await textsOf(maildrop, [i + 1], { bodyLines: 99_999_999 });
        assert.ok(whole === kept, `message ${i + 1}: ${whole?.length} octets instead of ${kept.length}`);
      }
    });
  });

  claim("P3-S-113 TOP of a message without a blank line ends with one", [], async (place) => {
    await deliver(place, "H: x\r\n");
    await look(place, async (maildrop) => {
      assert.deepEqual(await textsOf(maildrop, [1]), ["H: x\r\n"]);
      assert.deepEqual(await textsOf(maildrop, [1], { bodyLines: 0 }), ["H: x\r\n\r\n"]);
      assert.deepEqual(await textsOf(maildrop, [1], { bodyLines: 5 }), ["H: x\r\n\r\n"]);
    });
  });

  claim("TOP cuts a header that is longer than a chunk where it ends", [], async (place) => {
    const header = `${`X-Long: ${"h".repeat(900)}\r\n`.repeat(600)}\r\n`;
    await deliver(place, `${header}one\r\ntwo\r\n`);
    await look(place, async (maildrop) => {
      const chunks = await chunksOf(maildrop, [1], { bodyLines: 1 });
      assert.ok(chunks.every((chunk) => chunk.octets.length <= chunkOctetsMax));
      assert.ok(Buffer.concat(chunks.map((chunk) => chunk.octets)).equals(octetsOf(`${header}one\r\n`)));
    });
  });

  claim("what was read stays what it was when the maildrop is gone", [], async (place) => {
    await deliver(place, "kept\n");
    const maildrop = await open(place);
    const [chunk] = await chunksOf(maildrop, [1]);
    await maildrop.commit(new Set([1]));
    assert.equal(Buffer.from(chunk?.octets ?? []).toString(), "kept\r\n");
  });
}
