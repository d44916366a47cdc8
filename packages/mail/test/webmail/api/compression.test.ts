// What travels compressed, and what must not: whatever holds a secret of ours beside text that anybody may have written.
import assert from "node:assert/strict";
import { once } from "node:events";
import { request } from "node:http";
import type { Socket } from "node:net";
import { after, before, test } from "node:test";
import { brotliDecompressSync, gunzipSync } from "node:zlib";
import { SILENT } from "../../../src/observe/index.ts";
import { COMPRESSED_FROM_OCTETS, encodingFor } from "../../../src/webmail/api/web/compression.ts";
import { openReaderOffice, type Answer, type ReaderOffice } from "./reader-office.ts";

const ROWS = 40;
let office: ReaderOffice;
const errors: unknown[] = [];
let anna = "";
let html = 0;

before(async () => {
  office = await openReaderOffice({ log: { ...SILENT, error: (...line) => void errors.push(line) } });
  anna = await office.account("anna");
  for (let n = 0; n < ROWS; n += 1) await office.deliver("anna", `Subject: letter ${n}\n\nSome text of letter ${n}.\n`);
  const long = "<p>Words that come again and again.</p>".repeat(200);
  html = await office.deliver("anna", `Subject: page\nContent-Type: text/html\n\n${long}\n`);
  await office.ask("message", { account: anna, messageId: html });
});
after(() => office.stop());

test("the best encoding is taken that Accept-Encoding allows (RFC 9110 §12.5.3)", () => {
  for (const [accepted, encoding] of [
    [undefined, undefined],
    ["", undefined],
    ["identity", undefined],
    ["gzip", "gzip"],
    ["gzip, deflate, br, zstd", "br"],
    ["BR", "br"],
    ["br;q=0, gzip;q=0.5", "gzip"],
    ["br; q=0.000", undefined],
    ["br;q=0.001", "br"],
    ["brotli, xgzip", undefined],
  ] as const)
    assert.equal(encodingFor(accepted), encoding, String(accepted));
});

function asked(path: string, more: Partial<Parameters<ReaderOffice["raw"]>[0]> = {}): Promise<Answer> {
  const headers = { cookie: office.cookie, "accept-encoding": "gzip, br", ...more.headers };
  return office.raw({ path, ...more, headers });
}

const list = `/api/list?account=all&role=inbox&view=messages`;

test("a page of a list comes as small as its reader takes it, and says the same", async () => {
  const plain = await asked(list, { headers: { "accept-encoding": "identity" } });
  const [brotli, gzip] = [await asked(list), await asked(list, { headers: { "accept-encoding": "gzip" } })];
  assert.equal(plain.headers["content-encoding"], undefined);
  assert.equal(brotli.headers["content-encoding"], "br");
  assert.equal(gzip.headers["content-encoding"], "gzip");
  assert.equal(brotliDecompressSync(brotli.octets).toString("utf8"), plain.text);
  assert.equal(gunzipSync(gzip.octets).toString("utf8"), plain.text);
  assert.ok(brotli.octets.length * 5 < plain.octets.length, `${brotli.octets.length} of ${plain.octets.length}`);
  for (const { headers } of [plain, brotli, gzip]) {
    assert.equal(headers["vary"], "accept-encoding");
    assert.equal(headers["cache-control"], "no-store");
    assert.equal(headers["content-type"], "application/json");
  }
});

test("a browser that goes away in the middle leaves no error in the log", async () => {
  const before = errors.length;
  for (const octets of [0, 1]) {
    const sent = request({ agent: false, port: office.port, path: list, headers: { cookie: office.cookie } });
    sent.on("error", () => undefined);
    sent.end();
    // At once, and when the answer has begun.
    if (octets === 1) await once(sent, "response");
    else await once(sent, "socket").then(([socket]: Socket[]) => once(socket as Socket, "connect"));
    sent.destroy();
  }
  // Answered after those two were given up.
  assert.equal((await asked(list)).status, 200);
  assert.deepEqual(errors.slice(before), []);
});

test("an answer of one packet is left as it is", async () => {
  const answer = await asked("/api/settings");
  assert.ok(answer.octets.length < COMPRESSED_FROM_OCTETS);
  assert.equal(answer.headers["content-encoding"], undefined);
});

test("what may open something is not compressed: bodies with their capability, acts with their undo", async () => {
  const body = await asked(`/m/${anna}/${html}/body/1?images=1`);
  assert.equal(body.status, 200);
  assert.ok(body.octets.length > COMPRESSED_FROM_OCTETS);
  assert.equal(body.headers["content-encoding"], undefined);
  const { rows } = await office.ask("list", { account: anna, role: "inbox", view: "messages" });
  const on = rows.map(({ account, messageId }) => ({ account, messageId }));
  const acted = await asked("/api/acts", {
    method: "POST",
    headers: { origin: office.origin, "content-type": "application/json" },
    body: JSON.stringify({ act: { kind: "star" }, on }),
  });
  assert.equal(acted.status, 200);
  assert.equal(acted.headers["content-encoding"], undefined);
});
