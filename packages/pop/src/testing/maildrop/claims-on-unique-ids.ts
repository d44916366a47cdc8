// Unique-ids and order (RFC 1939 §7): a retriever remembers the ids it has seen and trusts the order of the rest.
import assert from "node:assert/strict";
import { isUniqueId } from "../../maildrop/index.ts";
import { deliver, deliverAll, listingOf, look, open, removeNumbers, textsOf, uniqueIdsOf } from "./sessions.ts";
import type { Claim } from "./setting.ts";

const identical = 200;

export function claimsOnUniqueIds(claim: Claim): void {
  claim("P3-S-080 a unique-id is 1 to 70 octets from 0x21 to 0x7E", [], async (place) => {
    await deliverAll(place, ["a", "", "c\r\n"]);
    const ids = await look(place, uniqueIdsOf);
    assert.equal(ids.length, 3);
    assert.deepEqual(
      ids.filter((id) => !isUniqueId(id)),
      [],
    );
  });

  claim("P3-S-082 identical messages have different unique-ids", [], async (place) => {
    await Promise.all(Array.from({ length: identical }, () => deliver(place, "Subject: same\r\n\r\nsame\r\n")));
    const ids = await look(place, uniqueIdsOf);
    assert.equal(ids.length, identical);
    assert.equal(new Set(ids).size, identical);
  });

  claim("P3-S-083 unique-ids are the same in the next session, also after one without UPDATE", [], async (place) => {
    await deliverAll(place, ["a", "b", "c"]);
    const before = await look(place, uniqueIdsOf);
    const lost = await open(place);
    await lost.release();
    assert.deepEqual(await look(place, uniqueIdsOf), before);
    await removeNumbers(place, [2]);
    assert.deepEqual(await look(place, uniqueIdsOf), [before[0], before[2]]);
  });

  claim("P3-S-084 unique-ids are not used again", [], async (place) => {
    const seen: string[] = [];
    for (let round = 0; round < 4; round += 1) {
      await deliverAll(place, ["a", "b"]);
      const ids = await look(place, uniqueIdsOf);
      seen.push(...ids);
      await removeNumbers(place, [1, 2]);
      assert.equal(await look(place, (maildrop) => maildrop.count), 0);
    }
    assert.equal(new Set(seen).size, 8);
  });

  claim("P3-S-084 unique-ids are not used again after a restart", ["reopen"], async (setting) => {
    await deliverAll(setting, ["a", "b"]);
    const before = await look(setting, uniqueIdsOf);
    await removeNumbers(setting, [1, 2]);
    const place = { ...setting, store: await setting.reopen() };
    await deliverAll(place, ["c", "d"]);
    const after = await look(place, uniqueIdsOf);
    assert.equal(new Set([...before, ...after]).size, 4);
  });

  claim("numbers, octets and unique-ids survive a restart", ["reopen"], async (setting) => {
    await deliverAll(setting, ["a", ".b\n", "", "d"]);
    await removeNumbers(setting, [1]);
    const before = await look(setting, async (maildrop) => [listingOf(maildrop), await textsOf(maildrop)]);
    const place = { ...setting, store: await setting.reopen() };
    assert.deepEqual(await look(place, async (maildrop) => [listingOf(maildrop), await textsOf(maildrop)]), before);
  });

  claim("P3-S-086 messages stand in the order they came in, new ones last", [], async (place) => {
    await deliverAll(place, ["1", "2", "3"]);
    const first = await look(place, uniqueIdsOf);
    await removeNumbers(place, [2]);
    await deliverAll(place, ["4", "5"]);
    await look(place, async (maildrop) => {
      assert.deepEqual(await textsOf(maildrop), ["1\r\n", "3\r\n", "4\r\n", "5\r\n"]);
      assert.deepEqual(uniqueIdsOf(maildrop).slice(0, 2), [first[0], first[2]]);
    });
  });
}
