// Finding the server of an address, and writing the source.
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { requirement } from "../../../../scripts/conformance/requirement.ts";
import { loadConfig } from "../../src/config/index.ts";
import {
  addSource,
  discover,
  FetchError,
  PROVIDER_NOTES,
  PROVIDERS,
  type MailResolver,
  type NewSource,
  type SrvRecord,
} from "../../src/retriever/index.ts";
import { freeName } from "../../src/retriever/setup/write-source.ts";
import { temporaryFolder } from "./fixture.ts";

const record = (name: string, more: Partial<SrvRecord> = {}): SrvRecord => ({
  name,
  port: 995,
  priority: 0,
  weight: 0,
  ...more,
});

/** A DNS that has these records, and what it was asked. */
function dns(
  records: Readonly<Record<string, readonly SrvRecord[]>>,
  random = (): number => 0,
): MailResolver & { readonly asked: string[] } {
  const asked: string[] = [];
  return {
    asked,
    random,
    srv: (name) => {
      asked.push(name);
      return Promise.resolve(records[name] ?? []);
    },
  };
}

async function refusal(address: string, resolver: MailResolver): Promise<string> {
  const error: unknown = await discover(address, resolver).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof FetchError);
  assert.equal(error.code, "config");
  return error.message;
}

requirement("P3-C-140", "setup asks the domain for its POP3 servers, with TLS and without", async () => {
  const resolver = dns({});
  await discover("anna@example.org", resolver);
  assert.deepEqual(resolver.asked.toSorted(), ["_pop3._tcp.example.org", "_pop3s._tcp.example.org"]);
});

requirement("P3-C-141", "a target of . means that the domain has no POP3", async () => {
  const none = dns({
    "_pop3._tcp.example.org": [record("", { port: 0 })],
    "_pop3s._tcp.example.org": [record(".", { port: 0 })],
  });
  assert.equal(await refusal("anna@example.org", none), "example.org says that it has no POP3");
});

requirement("P3-C-142", "SRV records come by priority, and among equals as likely as their weight", async () => {
  const records = {
    "_pop3s._tcp.example.org": [
      record("last.example.org", { priority: 20, weight: 100 }),
      record("light.example.org", { priority: 10, weight: 1 }),
      record("heavy.example.org", { priority: 10, weight: 3 }),
    ],
  };
  const firsts = new Map<string, number>();
  // Lots of 0 to 4, each once: 0 and 1 draw the light one, 2 to 4 the heavy one (RFC 2782).
  for (const lot of [0, 1, 2, 3, 4]) {
    const { places } = await discover(
      "anna@example.org",
      dns(records, () => lot / 5),
    );
    const hosts = places.map(({ host }) => host);
    assert.equal(hosts.at(-1), "last.example.org");
    firsts.set(hosts[0] ?? "", (firsts.get(hosts[0] ?? "") ?? 0) + 1);
  }
  assert.deepEqual(Object.fromEntries(firsts), { "light.example.org": 2, "heavy.example.org": 3 });
});

requirement("P3-C-143", "TLS from the first octet comes before STLS, and without TLS nothing is tried", async () => {
  const found = await discover(
    "anna@example.org",
    dns({
      "_pop3._tcp.example.org": [record("plain.example.org", { port: 110 })],
      "_pop3s._tcp.example.org": [record("secure.example.org")],
    }),
  );
  assert.deepEqual(found.places, [
    { host: "secure.example.org", port: 995, tls: "implicit" },
    { host: "plain.example.org", port: 110, tls: "stls-required" },
  ]);
  const guessed = await discover("anna@example.org", dns({}));
  assert.equal(guessed.by, "guess");
  assert.ok(guessed.places.every(({ tls }) => tls === "implicit" || tls === "stls-required"));
});

test("a domain beyond ASCII is asked for in A-labels, and the user is called as the address is written", async () => {
  const resolver = dns({ "_pop3s._tcp.xn--mller-kva.de": [record("pop.xn--mller-kva.de")] });
  const found = await discover("post@Müller.de", resolver);
  assert.deepEqual(resolver.asked.toSorted(), ["_pop3._tcp.xn--mller-kva.de", "_pop3s._tcp.xn--mller-kva.de"]);
  assert.deepEqual([found.mailDomain, found.foreignHosts], ["xn--mller-kva.de", []]);
  assert.deepEqual(found.users, ["post@Müller.de", "post"]);
  assert.equal((await discover("post@müller.de", dns({}))).places[0]?.host, "pop.xn--mller-kva.de");
});

test("a host of another domain is told apart from one of the domain's own", async () => {
  const found = await discover(
    "anna@example.org",
    dns({
      "_pop3s._tcp.example.org": [record("pop.example.org"), record("evilexample.org"), record("Host.Example.NET.")],
    }),
  );
  assert.deepEqual(found.foreignHosts.toSorted(), ["evilexample.org", "host.example.net"]);
});

test("the large providers are known without asking the DNS, and those without POP3 say why", async () => {
  const resolver = dns({});
  const gmail = await discover("Anna.B@GoogleMail.com", resolver);
  assert.deepEqual(gmail.places, [{ host: "pop.gmail.com", port: 995, tls: "implicit" }]);
  assert.deepEqual(gmail.users, ["Anna.B@GoogleMail.com"]);
  assert.match(PROVIDER_NOTES[gmail.note ?? "no-pop3"], /app password/);
  assert.match(await refusal("anna@hotmail.com", resolver), /^Outlook\.com cannot be collected from: .*OAuth 2/);
  assert.match(await refusal("anna@icloud.com", resolver), /no POP3/);
  assert.deepEqual(resolver.asked, []);
});

test("no domain stands twice in the table of providers", () => {
  const domains = PROVIDERS.flatMap((provider) => provider.domains);
  assert.deepEqual(domains, [...new Set(domains)]);
  for (const { host, note } of PROVIDERS) assert.ok(host !== undefined || note !== undefined);
});

test("what is no address is refused", async () => {
  for (const text of [
    "anna",
    "anna@",
    "@example.org",
    "a b@example.org",
    "anna@exa mple.org",
    "anna@-x",
    "a@b..c",
    "a@b.",
    "a@müller..de",
  ])
    assert.match(await refusal(text, dns({})), /is no mail address/);
});

const SOURCE: NewSource = {
  name: "work",
  host: "pop.example.org",
  port: 995,
  tls: "implicit",
  user: 'an"na\\ü',
  password: { command: ["/bin/sh", "-c", "pass show 'x'"] },
  account: "anna",
};

test("a source is added behind what is there, octet for octet, and reads as it was meant", (context) => {
  const before =
    '# mine, with a comment\n[defaults]\nevery = "7m"   # often\n[source.old]\nhost = "h"\nuser = "u"\npassword = { prompt = true }\naccount = "x"';
  const document = addSource(before, { ...SOURCE, port: 1995, pin: `sha256/${"A".repeat(43)}=`, keep: "14d" });
  assert.ok(document.startsWith(`${before}\n`));
  const file = join(temporaryFolder(context), "r.toml");
  writeFileSync(file, document, { mode: 0o600 });
  const source = loadConfig({ file }).config.sources.find(({ name }) => name === "work");
  assert.equal(source?.host, "pop.example.org");
  assert.equal(source.port, 1995);
  assert.equal(source.user, 'an"na\\ü');
  assert.equal(source.everyMs, 420_000);
  assert.deepEqual(source.password, { kind: "command", command: ["/bin/sh", "-c", "pass show 'x'"] });
  assert.deepEqual(source.server.keep, { ms: 1_209_600_000 });
  assert.deepEqual(source.pins, [`sha256/${"A".repeat(43)}=`]);
});

test("a name is made from the address, and is never one that is taken", () => {
  assert.equal(freeName("anna@example.org", []), "example");
  assert.equal(freeName("anna@example.org", ["example"]), "anna-example");
  assert.equal(freeName("anna@example.org", ["example", "anna-example"]), "anna-example-2");
  assert.match(freeName("..@-.org", []), /^[A-Za-z0-9][A-Za-z0-9._-]*$/);
});
