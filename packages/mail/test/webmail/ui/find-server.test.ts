import assert from "node:assert/strict";
import { test } from "node:test";
import { sourceAt, tellingOf, tryServers, type Attempt } from "../../../src/webmail/ui/sources/find-server.ts";

test("a host of another domain that only the DNS names waits for a person, and hears nothing", async () => {
  const foreign: Attempt = {
    at: { host: "pop.elsewhere.example", port: 995, tls: "implicit", user: "ines@studio.example", mailDomain: null },
    from: "srv",
    note: null,
    isForeign: true,
    tested: undefined,
  };
  const told: (readonly Attempt[])[] = [];
  // Nothing answers requests here: whoever made one would fail.
  const tried = await tryServers([foreign, { ...foreign, isForeign: false }], {
    password: "secret",
    signal: new AbortController().signal,
    onAttempts: (attempts) => told.push(attempts),
  });
  assert.deepEqual([tried, told], [[foreign], [[foreign]]]);
});

test("a mailbox is collected already by a source of the same host and user, whichever of the usual ports it uses", () => {
  const source = { source: "studio", host: "pop.studio.example", port: 995, user: "ines", state: "idle" } as const;
  const at = { host: "POP.studio.example", port: 110, tls: "stls-required", user: "ines", mailDomain: null } as const;
  assert.equal(sourceAt(at, [source]), "studio");
  assert.equal(sourceAt({ ...at, user: "robin" }, [source]), undefined);
  assert.equal(sourceAt({ ...at, port: 11_000 }, [source]), undefined);
  assert.equal(sourceAt(at, [{ ...source, state: "off" }]), undefined);
});

test("a server that answered and is not trusted is gone on with, before names nobody has, and not before an answer", () => {
  const facts = { subject: "", issuer: "", names: [], validFrom: null, validTo: null };
  const certificate = { ...facts, fingerprint: Array.from({ length: 32 }, () => "AA").join(":") };
  const attempt = (code: "TLS_UNTRUSTED" | "DNS" | "AUTH_REJECTED", host: string): Attempt => ({
    at: { host, port: 995, tls: "implicit", user: "ines", mailDomain: null },
    from: "guess",
    note: null,
    isForeign: false,
    tested: {
      steps: [],
      reached: null,
      trouble: {
        code,
        values: {},
        reply: "",
        words: "",
        advice: [],
        certificate: code === "TLS_UNTRUSTED" ? certificate : null,
      },
    },
  });
  const [untrusted, nobody] = [attempt("TLS_UNTRUSTED", "pop.studio.example"), attempt("DNS", "mail.studio.example")];
  const refused = attempt("AUTH_REJECTED", "mail.studio.example");
  assert.equal(tellingOf([untrusted, nobody]), untrusted);
  assert.equal(tellingOf([untrusted, refused]), refused);
  assert.equal(tellingOf([nobody]), nobody);
  assert.equal(tellingOf([untrusted, { ...nobody, isForeign: true, tested: undefined }])?.isForeign, true);
  assert.equal(tellingOf([]), undefined);
});
