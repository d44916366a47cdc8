// What somebody on the way can say around STLS, in clear, before there is TLS (USENIX Security 2021, "Why TLS is better
// without STARTTLS"): at every place, cut at every octet. No octet of a login leaves outside TLS for any of it.
import assert from "node:assert/strict";
import { test } from "node:test";
import { connect, type PasswordMechanism } from "@restante/pop/client";
import type { PeerFault, ScriptedPeer } from "@restante/pop/testing";
import { requirement } from "../../../../scripts/conformance/requirement.ts";
import { errorOf, settingFor } from "./fixture.ts";
import { TLS, TRUST } from "./tls-fixture.ts";

const GREETING = "ready <1896.697170952@dbc.mtview.ca.us>";
const STLS_REPLY = "+OK begin TLS\r\n";
const MECHANISMS = ["PLAIN", "LOGIN", "CRAM-MD5", "SCRAM-SHA-256"] as const;
const WAYS: readonly (readonly PasswordMechanism[] | undefined)[] = [undefined, ["USER"], ["APOP"], ["CRAM-MD5"]];

/** Replies nobody asked for, and pieces of some. */
const INJECTED = [
  "+OK injected\r\n",
  "-ERR injected\r\n",
  "+OK capabilities\r\nUSER\r\nSASL PLAIN\r\n.\r\n",
  "+OK\r\n+OK\r\n+OK\r\n",
  "+ \r\n",
  ".\r\n",
  "\r\n",
  "\n",
  "+OK half",
  "\0",
] as const;

interface Scenario {
  readonly what: string;
  readonly faults: readonly PeerFault[];
}

/** Behind the reply to STLS, in its packet, and cut at each octet: the last ones come when nobody reads as POP any more. */
const BEHIND_STLS: readonly Scenario[] = INJECTED.flatMap((behind) => {
  const whole = STLS_REPLY + behind;
  const cuts = Array.from({ length: whole.length - 1 }, (_, at) => at + 1);
  return [
    { what: `${JSON.stringify(behind)} behind STLS`, faults: [{ on: "STLS", behind }] },
    ...cuts.map((at) => ({
      what: `${JSON.stringify(behind)} behind STLS, cut at ${at}`,
      faults: [{ on: "STLS", behind, split: [at] }],
    })),
    {
      what: `${JSON.stringify(behind)} behind STLS, octet by octet`,
      faults: [{ on: "STLS", behind, split: "octets" as const }],
    },
    {
      what: `${JSON.stringify(behind)} once the handshake has begun`,
      faults: [{ on: "STLS", behind, split: [STLS_REPLY.length], pauseMs: 3 }],
    },
  ];
});

/** Before STLS was said, so that it is one reply ahead from there on. */
const BEFORE_STLS: readonly Scenario[] = ["greeting", "CAPA"].flatMap((on) =>
  INJECTED.flatMap(
    (behind) =>
      [
        { what: `${JSON.stringify(behind)} behind ${on}`, faults: [{ on, behind, times: 1 }] },
        {
          what: `${JSON.stringify(behind)} behind ${on}, octet by octet`,
          faults: [{ on, behind, times: 1, split: "octets" }],
        },
      ] satisfies Scenario[],
  ),
);

/** Another reply than the server's. */
const INSTEAD: readonly Scenario[] = [
  ...["-ERR no", "-ERR [SYS/TEMP] later", "+ go ahead", "STLS", "", "+OK no TLS behind it"].map((answer) => ({
    what: `${JSON.stringify(answer)} to STLS`,
    faults: [{ on: "STLS", answer }],
  })),
  ...[[], ["USER"], ["SASL PLAIN"], ["USER", "SASL PLAIN LOGIN", "UIDL"]].map((lines) => ({
    what: `CAPA says ${lines.join(", ")}`,
    faults: [{ on: "CAPA", lines }],
  })),
  { what: "CAPA is refused, and so is STLS", faults: [{ on: /^(?:CAPA|STLS)/, answer: "-ERR unknown command" }] },
];

const ALL = [...BEHIND_STLS, ...BEFORE_STLS, ...INSTEAD];

/** What was said before TLS, as text; nothing where it was never started. */
function saidInClear({ log, connections }: ScriptedPeer): string {
  return connections
    .map(({ number, isEncrypted, received }) => {
      if (!isEncrypted) return received;
      const of = log.filter(({ connection }) => connection === number);
      const at = of.findIndex(({ kind }) => kind === "encrypted");
      return of
        .slice(0, at)
        .flatMap((event) => (event.kind === "command" ? [event.text] : []))
        .join("\r\n");
    })
    .join("\r\n");
}

requirement("P3-C-036", "no octet of a login leaves in clear, whatever is said around STLS", async (context) => {
  const { peer, options } = await settingFor(context, { greeting: GREETING, mechanisms: MECHANISMS, tls: TLS });
  context.diagnostic(`${ALL.length} scenarios`);
  assert.ok(ALL.length >= 100);
  const refused = new Set([...BEHIND_STLS, ...INSTEAD]);
  for (const [at, { what, faults }] of ALL.entries()) {
    peer.script(faults);
    const mechanisms = WAYS[at % WAYS.length];
    const auth = { user: "anna", password: "secret", ...(mechanisms === undefined ? {} : { mechanisms }) };
    const opening = connect(options({ tls: "stls-required", tlsOptions: TRUST, timeouts: { connectMs: 300 }, auth }));
    if (refused.has(ALL[at] as Scenario))
      assert.match((await errorOf(opening)).code, /^(?:TLS_|PROTOCOL|CONNECT_TIMEOUT)/, what);
    else
      await opening.then(
        (session) => session.rollback(),
        () => undefined,
      );
  }
  const said = saidInClear(peer);
  assert.match(said, /STLS/);
  assert.doesNotMatch(said, /USER|PASS|APOP|AUTH|secret|anna/);
});

test("what comes in clear while the handshake is on its way ends the session", async (context) => {
  const { peer, options } = await settingFor(context, { tls: TLS });
  for (const pauseMs of [0, 1, 5]) {
    peer.script([{ on: "STLS", behind: "+OK injected\r\n", split: [STLS_REPLY.length], pauseMs }]);
    const error = await errorOf(connect(options({ tls: "stls-required", tlsOptions: TRUST })));
    assert.match(error.code, /^TLS_(?:INJECTION|HANDSHAKE)$/);
    assert.equal(error.sessionUsable, false);
  }
});
