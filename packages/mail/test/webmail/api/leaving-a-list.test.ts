// Leaving a list by one click (RFC 8058), up to a real server of the list over TLS. The server is on loopback, so the
// office of this file may connect there; everybody else's may not, which is proved here too.
import assert from "node:assert/strict";
import { once } from "node:events";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer, type Server } from "node:https";
import type { AddressInfo, Socket } from "node:net";
import { after, before, test } from "node:test";
import { OTHER_CERTIFICATE, TEST_CERTIFICATE } from "../../../../pop/test/support/certificate.ts";
import { postOneClick } from "../../../src/webmail/api/organising/one-click.ts";
import { INTERNET } from "../../../src/webmail/api/images/fetch-image.ts";
import { LIMITS } from "../../../src/webmail/api/limits.ts";
import { collectGarbage } from "./collect-garbage.ts";
import { rawTlsServer, SWITCHING } from "./raw-server.ts";
import { openReaderOffice, type ReaderOffice } from "./reader-office.ts";

interface Heard {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
}

let office: ReaderOffice;
let anna = "";
let list: Server;
let stranger: Server;
const heard: Heard[] = [];
const NETWORK = {
  mayConnect: (address: string) => address === "127.0.0.1",
  mayUsePort: () => true,
  addressesOf: (host: string) =>
    Promise.resolve(host === "two.example" ? ["127.0.0.1", "10.0.0.1"] : host === "localhost" ? ["127.0.0.1"] : []),
  ca: TEST_CERTIFICATE.cert,
};
const { signal } = new AbortController();

before(async () => {
  list = await listening(TEST_CERTIFICATE);
  stranger = await listening(OTHER_CERTIFICATE);
  office = await openReaderOffice({ imageNetwork: NETWORK });
  anna = await office.account("anna");
});
after(async () => {
  await office.stop();
  for (const server of [list, stranger]) server.close();
});

async function listening(certificate: { readonly key: string; readonly cert: string }): Promise<Server> {
  const server = createServer(certificate, (request, response) => void answer(request, response));
  server.on("tlsClientError", () => undefined); // Whoever does not trust the certificate goes away.
  await once(server.listen(0, "127.0.0.1"), "listening");
  return server;
}

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const { method = "", url = "", headers } = request;
  heard.push({ method, path: url, headers, body: Buffer.concat(chunks).toString("latin1") });
  if (url.startsWith("/moved")) response.writeHead(307, { location: "/leave" });
  else response.writeHead(url.startsWith("/broken") ? 500 : 200, { "set-cookie": "me=1" });
  response.end();
}

const at = (server: Server, path: string, host = "localhost"): string =>
  `https://${host}:${(server.address() as AddressInfo).port}${path}`;

function letterFrom(url: string, oneClick = true): string {
  return [
    "From: news@list.example",
    "To: anna@localhost",
    "Subject: News",
    `List-Unsubscribe: <${url}>`,
    ...(oneClick ? ["List-Unsubscribe-Post: List-Unsubscribe=One-Click"] : []),
    "",
    "x\n",
  ].join("\n");
}

test("one click is one POST, whose body is what RFC 8058 §3.1 says, with nothing of the person", async () => {
  const messageId = await office.deliver("anna", letterFrom(at(list, "/leave?who=8f3&list=news")));
  const { unsubscribe } = await office.ask("message", { account: anna, messageId });
  assert.equal(unsubscribe?.oneClick, at(list, "/leave?who=8f3&list=news"));
  assert.equal(heard.length, 0, "reading asks nobody anything");
  await office.ask("unsubscribe", { account: anna, messageId, by: "one-click", confirmed: true });
  const [asked, ...more] = heard.splice(0);
  assert.deepEqual(
    [asked?.method, asked?.path, asked?.body, more],
    ["POST", "/leave?who=8f3&list=news", "List-Unsubscribe=One-Click", []],
  );
  assert.equal(asked?.headers["content-type"], "application/x-www-form-urlencoded");
  assert.deepEqual(
    Object.keys(asked.headers).toSorted(),
    ["connection", "content-length", "content-type", "host"],
    "no cookie, no referrer, no name of a program",
  );
});

test("without the sender's word for it, or without a person's, nothing is asked", async () => {
  const silent = await office.deliver("anna", letterFrom(at(list, "/leave"), false));
  const offered = await office.deliver("anna", letterFrom(at(list, "/leave")));
  const clear = await office.deliver("anna", letterFrom(at(list, "/leave").replace("https:", "http:")));
  const ask = (messageId: number) =>
    office.refused("unsubscribe", { account: anna, messageId, by: "one-click", confirmed: true });
  assert.deepEqual(await ask(silent), [422, "refused"]);
  assert.deepEqual(await ask(clear), [422, "refused"]);
  const unasked = { account: anna, messageId: offered, by: "one-click", confirmed: false } as never;
  assert.deepEqual(await office.refused("unsubscribe", unasked), [400, "bad-request"]);
  assert.deepEqual(heard, []);
});

for (const [what, url, requests] of [
  ["sends it on elsewhere", () => at(list, "/moved"), ["/moved"]],
  ["answers with an error", () => at(list, "/broken"), ["/broken"]],
  ["shows a certificate nobody vouches for", () => at(stranger, "/leave"), []],
  ["has one public address and one that is not", () => at(list, "/leave", "two.example"), []],
  ["has no address", () => at(list, "/leave", "nowhere.example"), []],
] as const)
  test(`a list whose server ${what} is not left, and the person is told`, async () => {
    await assert.rejects(postOneClick(url(), { network: NETWORK, signal }), { code: "refused" });
    assert.deepEqual(
      heard.splice(0).map(({ path }) => path),
      requests,
    );
  });

for (const [what, does] of [
  ["switches to another protocol", (socket) => socket.write(SWITCHING)],
  ["closes without an answer", (socket) => socket.end()],
  ["says nothing until nobody waits", (_, giveUp) => giveUp()],
] as readonly (readonly [string, (socket: Socket, giveUp: () => void) => unknown])[])
  test(`a list whose server ${what} is not left, and that is told in time`, { timeout: 5_000 }, async (context) => {
    const person = new AbortController();
    const port = await rawTlsServer(context, (socket) => does(socket, () => person.abort()));
    await assert.rejects(postOneClick(`https://localhost:${port}/`, { network: NETWORK, signal: person.signal }), {
      code: "refused",
      reason: "list-silent",
    });
  });

test(
  "a list whose server says nothing is given up after ten seconds, whatever memory is collected",
  { timeout: 5_000 },
  async (context) => {
    context.mock.timers.enable({ apis: ["setTimeout"] });
    const port = await rawTlsServer(context, () => {
      collectGarbage();
      context.mock.timers.tick(LIMITS.imageMs);
    });
    await assert.rejects(postOneClick(`https://localhost:${port}/`, { network: NETWORK, signal }), {
      reason: "list-silent",
    });
  },
);

test("nobody but this file may ask this machine or its network: the office as it is sold refuses", async () => {
  const everyPort = { ...INTERNET, mayUsePort: () => true, ca: TEST_CERTIFICATE.cert };
  for (const host of ["localhost", "127.0.0.1", "2130706433", "[::1]", "[::ffff:127.0.0.1]"])
    await assert.rejects(postOneClick(at(list, "/leave", host), { network: everyPort, signal }), {
      code: "refused",
      message: /not on the public Internet/,
    });
  await assert.rejects(postOneClick(at(list, "/leave"), { signal }), { code: "refused" });
  assert.deepEqual(heard, []);
});
