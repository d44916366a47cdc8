import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import {
  parseListenAddress,
  parsePopDelete,
  renderDuration,
  renderListenAddress,
  renderOctets,
  renderPopDelete,
} from "../../src/config/index.ts";
import { parseDuration } from "../../src/config/values.ts";

const SEED = 20261123;

const DURATIONS: readonly (readonly [string, number | undefined])[] = [
  ["10m", 600_000],
  ["90s", 90_000],
  ["1h 30m", 5_400_000],
  ["250ms", 250],
  ["2 d", 172_800_000],
  ["0s", 0],
  ["", undefined],
  ["10", undefined],
  ["-5m", undefined],
  ["1.5h", undefined],
  ["10M", undefined],
  ["10m\n", undefined],
  ["m", undefined],
];
test("durations are a number and a unit, and nothing else", () => {
  for (const [text, ms] of DURATIONS) assert.equal(parseDuration(text), ms, JSON.stringify(text));
});

const ADDRESSES: readonly (readonly [string, unknown])[] = [
  ["127.0.0.1:1110", { kind: "tcp", host: "127.0.0.1", port: 1110 }],
  ["[::1]:0", { kind: "tcp", host: "::1", port: 0 }],
  ["[fe80::1%eth0]:110", { kind: "tcp", host: "fe80::1%eth0", port: 110 }],
  ["mail.example.org:65535", { kind: "tcp", host: "mail.example.org", port: 65535 }],
  ["1110", { kind: "tcp", host: "127.0.0.1", port: 1110 }],
  ["unix:/run/lmtp.sock", { kind: "unix", path: "/run/lmtp.sock" }],
  ["unix:", undefined],
  ["127.0.0.1", undefined],
  ["127.0.0.1:", undefined],
  ["127.0.0.1:65536", undefined],
  ["127.0.0.1:-1", undefined],
  ["::1:110", undefined],
  ["a b:110", undefined],
  ["", undefined],
];
test("addresses to listen on are host and port, IPv6 in brackets", () => {
  for (const [text, address] of ADDRESSES) assert.deepEqual(parseListenAddress(text), address, JSON.stringify(text));
});

test(`what is rendered is read back (seed ${SEED})`, () => {
  const o = { seed: SEED, numRuns: 500 };
  fc.assert(
    fc.property(fc.nat(86_400_000 * 20), (ms) => assert.equal(parseDuration(renderDuration(ms)), ms)),
    o,
  );
  const tcp = fc.record(
    { kind: fc.constant("tcp" as const), host: fc.oneof(fc.ipV4(), fc.ipV6(), fc.domain()), port: fc.nat(65_535) },
    { noNullPrototype: true },
  );
  fc.assert(
    fc.property(tcp, (address) => assert.deepEqual(parseListenAddress(renderListenAddress(address)), address)),
    o,
  );
  fc.assert(
    fc.property(fc.string(), (text) => void parseListenAddress(text)),
    o,
  );
});

test("policies for deletions are three", () => {
  assert.deepEqual(parsePopDelete("trash 30d"), { kind: "trash", days: 30 });
  assert.deepEqual(parsePopDelete("remove"), { kind: "remove" });
  assert.deepEqual(parsePopDelete("hide"), { kind: "hide" });
  for (const text of ["trash", "trash 0d", "trash 1w", "delete", ""])
    assert.equal(parsePopDelete(text), undefined, text);
  assert.equal(renderPopDelete({ kind: "trash", days: 30 }), "trash 30d");
});

test("sizes are shown in the largest unit that divides them", () => {
  assert.equal(renderOctets(104_857_600), "100MiB");
  assert.equal(renderOctets(5_000_000), "5MB");
  assert.equal(renderOctets(2_000_000_000), "2GB");
  assert.equal(renderOctets(1), "1");
  assert.equal(renderOctets(0), "0kB", "a size without a unit is refused");
});
