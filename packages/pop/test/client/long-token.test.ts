// Tokens as long as they may be, over a real connection.
import assert from "node:assert/strict";
import { test } from "node:test";
import { connect } from "@restante/pop/client";
import { errorOf, settingFor } from "./fixture.ts";
import { TLS, TRUST } from "./tls-fixture.ts";

const LONGEST = "t".repeat(65_536);

for (const mechanism of ["XOAUTH2", "OAUTHBEARER"] as const)
  for (const tls of ["none", "implicit"] as const)
    test(`${mechanism}, tls ${tls}: a token of 65,536 octets logs in, and one octet more never leaves`, async (context) => {
      const { peer, options, session } = await settingFor(context, {
        mechanisms: [mechanism],
        token: LONGEST,
        ...(tls === "implicit" && { tls: { ...TLS, implicit: true } }),
      });
      const by = (token: string) => ({
        tls,
        tlsOptions: TRUST,
        auth: { user: "anna", oauth2: () => Promise.resolve({ token }) },
      });
      const pop = await session(by(LONGEST));
      assert.equal((await pop.stat()).count, 3);
      const said = peer.connections[0]?.received ?? "";
      const message = Buffer.from(
        (said.split("\r\n").find((line) => line.length > 65_536) ?? "").split(" ").at(-1) ?? "",
        "base64",
      );
      assert.ok(message.includes(`auth=Bearer ${LONGEST}\x01\x01`), "it came whole, in one line");
      const error = await errorOf(connect(options(by(`${LONGEST}t`))));
      assert.deepEqual([error.code, error.phase], ["CONFIG", "auth"]);
      const refused = peer.connections[1]?.received ?? "";
      assert.ok(refused.length < 200 && !refused.includes("dHR0dHR0"), refused.slice(0, 200));
    });
