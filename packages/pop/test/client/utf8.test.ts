// UTF8 as a client says it (RFC 6856 §2.1), to a scripted peer and to our own server.
import assert from "node:assert/strict";
import { connect, connectPop2, Pop3Error } from "@restante/pop/client";
import { requirement } from "../../../../scripts/conformance/requirement.ts";
import { TEST_CERTIFICATE } from "../support/certificate.ts";
import { answers, scriptedFamily } from "../support/scripted-family.ts";
import { testServer } from "../support/test-server.ts";
import { printable } from "../../src/client/errors.ts";
import { settingFor } from "./fixture.ts";

const LETTER = Buffer.from("Subject: Grüße\r\nX-Note: für dich\r\n\r\n.für dich\r\n").toString("latin1");

requirement(
  "P3-C-111",
  "UTF8 is said where it is announced and wished, right before the login, and nowhere else",
  async (context) => {
    for (const [announced, utf8, said] of [
      [true, true, true],
      [true, false, false],
      [false, true, false],
    ] as const) {
      const capabilities = ["SASL PLAIN", "USER", "UIDL", ...(announced ? ["UTF8"] : [])];
      const { session, peer } = await settingFor(context, { capabilities });
      await session({ utf8 });
      const commands = peer.commands.filter((line) => !line.startsWith("CAPA"));
      // The peer does not know the command, and the login goes on.
      assert.equal(commands[0] === "UTF8", said, commands.join());
      assert.match(commands[said ? 1 : 0] ?? "", /^AUTH PLAIN/u);
    }
  },
);

requirement(["P3-C-050", "P3-C-111"], "over STLS, UTF8 comes behind TLS, and mail comes as it is", async (context) => {
  const { key, cert } = TEST_CERTIFICATE;
  const server = await testServer(context, { tls: { key, cert }, maildrops: { anna: [LETTER] } });
  for (const utf8 of [true, false]) {
    const lines: string[] = [];
    const session = await connect({
      host: "127.0.0.1",
      port: server.listening.port,
      tls: "stls-required",
      tlsOptions: { ca: cert, servername: "localhost" },
      auth: { user: "anna", password: "secret", mechanisms: ["PLAIN"] },
      utf8,
      trace: ({ from, line }) => void (from === "client" && line !== undefined && lines.push(line)),
    });
    for await (const message of session.messages()) {
      const octets = (await message.retrieve().toBuffer()).toString("latin1");
      assert.equal(octets === LETTER, utf8);
    }
    await session.commit();
    const order = lines.filter((line) => /^(?:STLS|UTF8|AUTH)/u.test(line)).map((line) => line.split(" ")[0]);
    assert.deepEqual(order, utf8 ? ["STLS", "UTF8", "AUTH"] : ["STLS", "AUTH"]);
  }
});

requirement(
  "P3-C-112",
  "a language is asked for behind TLS alone, before the login, and its texts are read as UTF-8",
  async (context) => {
    const { key, cert } = TEST_CERTIFICATE;
    const server = await testServer(context, { tls: { key, cert }, maildrops: { anna: [LETTER] } });
    for (const [tls, lang, said] of [
      ["stls-required", "de", true],
      ["stls-required", undefined, false],
      ["none", "de", false],
    ] as const) {
      const lines: string[] = [];
      const session = await connect({
        host: "127.0.0.1",
        port: server.listening.port,
        tls,
        tlsOptions: { ca: cert, servername: "localhost" },
        auth: { user: "anna", password: "secret", mechanisms: ["PLAIN"] },
        ...(lang !== undefined && { lang }),
        trace: ({ from, line }) => void (from === "client" && line !== undefined && lines.push(line)),
      });
      const order = lines.filter((line) => /^(?:STLS|LANG|AUTH)/u.test(line)).map((line) => line.split(" ")[0]);
      assert.deepEqual(order, [...(tls === "none" ? [] : ["STLS"]), ...(said ? ["LANG"] : []), "AUTH"]);
      const { isOk, text } = await session.command("DELE 1");
      assert.equal(isOk, true);
      assert.equal(text === "Nachricht 1 gelöscht", said, text);
      await session.rollback();
    }
  },
);

requirement(
  "P3-C-112",
  "what a server says in UTF-8 is shown in its letters, and what directs a terminal is not",
  () => {
    const octets = (text: string): string => Buffer.from(text).toString("latin1");
    assert.equal(printable(octets("gelöscht")), "gelöscht");
    assert.equal(printable("gel\xf6scht"), "gel\\xf6scht", "octets that are no UTF-8");
    assert.equal(printable(octets("a\u001b[31mö")), "a\\x1b[31mö");
    assert.equal(printable(octets("a\u009bö")), "a\\xc2\\x9bö", "a control of eight bits");
    assert.equal(printable(octets("a\u202eö")), "a\\xe2\\x80\\xaeö", "a direction");
  },
);

requirement(
  "P3-C-112",
  "a refusal in UTF-8 reaches whoever connected in its letters, whatever refused",
  async (context) => {
    const said = Buffer.from("密码错误 gelöscht").toString("latin1");
    const auth = { user: "anna", password: "secret" };
    const greets = await scriptedFamily(context, ({ send }) => send(`-ERR ${said}\r\n`));
    const refuses = await scriptedFamily(context, answers("+ POP2 ready\r\n", [`- ${said}\r\n`, "+ bye\r\n"]));
    const isToldBy = (error: unknown): boolean => Pop3Error.is(error) && error.serverText === "密码错误 gelöscht";
    await assert.rejects(connect({ host: "127.0.0.1", port: greets.port, tls: "none", auth }), isToldBy);
    await assert.rejects(connectPop2({ host: "127.0.0.1", port: refuses.port, auth }), isToldBy);
  },
);
