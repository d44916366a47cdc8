import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { AccountError, parseMailAddress } from "../../src/accounts/index.ts";
import { idOf, openHouse, PEER, type TestHouse } from "./support/house.ts";

const seed = 20260519;

/** Who gets mail for the address: a name, or why nobody does. */
function recipient(house: TestHouse, text: string): string {
  const address = parseMailAddress(text);
  assert.ok(address, text);
  const answer = house.accounts.recipient(address);
  if (answer.kind !== "account") return answer.kind;
  return house.store.directory.account(answer.account)?.name ?? "?";
}

const refused = (code: AccountError["code"], message: RegExp) => (error: unknown) => {
  assert.ok(error instanceof AccountError, String(error));
  assert.equal(error.code, code, error.message);
  assert.match(error.message, message);
  return true;
};

async function peopled(): Promise<TestHouse> {
  const house = await openHouse();
  for (const name of ["anna", "bob", "carol"]) await house.accounts.add({ name });
  return house;
}

test("an address is kept in one form and listed with its account", async () => {
  const { accounts } = await peopled();
  for (const [given, kind, local, domain] of [
    ["Anna.B@Example.ORG", "exact", "anna.b", "example.org"],
    ["Info@*", "alias", "info", ""],
    ["*@Bücher.example", "catch-all", "", "xn--bcher-kva.example"],
    ["JOSÉ@localhost", "exact", "josé", "localhost"],
    ["a@MAIL.example.net", "exact", "a", "mail.example.net"],
  ] as const) {
    const { account, ...address } = await accounts.addAddress("anna", given);
    assert.deepEqual(address, { kind, local, domain });
    assert.ok(
      accounts
        .listAddresses()
        .some((listed) => listed.local === local && listed.domain === domain && listed.account === account),
    );
  }
  assert.deepEqual([...new Set(accounts.listAddresses().map(({ accountName }) => accountName))], ["anna"]);
  for (const taken of [
    "anna.b@example.org",
    "INFO@*",
    "*@xn--bcher-kva.EXAMPLE",
    "jose\u0301@LOCALHOST",
    "A@mail.example.net",
  ]) {
    await accounts.removeAddress(taken);
  }
  assert.deepEqual(accounts.listAddresses(), []);
});

test("a refused address is told what would be right", async () => {
  const { accounts } = await peopled();
  for (const [given, code, message] of [
    ["anna", "bad-address", /write anna@example.org, anna@\*/],
    ["", "bad-address", /is not an address/],
    ["*@*", "bad-address", /is not an address/],
    ["*", "bad-address", /is not an address/],
    ["a b@example.org", "bad-address", /is not an address/],
    ["a@b@*", "bad-address", /is not an address/],
    ["anna@exa mple.org", "bad-address", /is not an address/],
    [
      "anna@elsewhere.example",
      "not-our-domain",
      /elsewhere.example .*\(localhost, mail.example.net, example.org, .*"domains"/,
    ],
    ["*@elsewhere.example", "not-our-domain", /"domains"/],
    ["anna@sub.example.org", "not-our-domain", /sub.example.org/],
  ] as const) {
    await assert.rejects(accounts.addAddress("anna", given), refused(code, message), given);
  }
  assert.deepEqual(accounts.listAddresses(), []);
});

test("an address belongs to one account", async () => {
  const { accounts } = await peopled();
  for (const address of ["info@example.org", "sales@*", "*@example.org"]) {
    await accounts.addAddress("anna", address);
    await assert.rejects(accounts.addAddress("bob", address.toUpperCase()), refused("name-taken", /belongs to anna/));
    await assert.rejects(accounts.addAddress("anna", address), refused("name-taken", /nothing to do/));
  }
  await assert.rejects(accounts.addAddress("anna", "bob@*"), refused("name-taken", /bob@\* belongs to bob/));
  const race = await Promise.allSettled(
    ["anna", "bob", "carol"].map((name) => accounts.addAddress(name, "race@example.org")),
  );
  assert.equal(race.filter(({ status }) => status === "fulfilled").length, 1);
  for (const result of race) if (result.status === "rejected") refused("name-taken", /race@example.org/)(result.reason);
});

test("the most particular address gets the mail: exact, then +tag, then alias, then the domain's catch-all", async () => {
  const house = await peopled();
  const { accounts } = house;
  assert.equal(recipient(house, "info@example.org"), "no-such-user");
  await accounts.addAddress("anna", "*@example.org");
  assert.equal(recipient(house, "info@example.org"), "anna");
  assert.equal(recipient(house, "info@localhost"), "no-such-user");
  await accounts.addAddress("bob", "info@*");
  assert.equal(recipient(house, "info@example.org"), "bob");
  assert.equal(recipient(house, "info@localhost"), "bob");
  assert.equal(recipient(house, "info+tag@localhost"), "bob");
  await accounts.addAddress("carol", "info@example.org");
  assert.equal(recipient(house, "info@example.org"), "carol");
  assert.equal(recipient(house, "info+tag@example.org"), "carol");
  assert.equal(recipient(house, "info+tag+more@example.org"), "carol");
  assert.equal(recipient(house, "info@localhost"), "bob");
  await accounts.addAddress("anna", "info+tag@example.org");
  assert.equal(recipient(house, "info+tag@example.org"), "anna");
  assert.equal(recipient(house, "info+other@example.org"), "carol");
  assert.equal(recipient(house, "+tag@localhost"), "no-such-user");
});

test("a login name is an address in every domain of ours, unless that address was given to somebody", async () => {
  const house = await peopled();
  for (const domain of [
    "localhost",
    "LocalHost",
    "mail.example.net",
    "Example.org",
    "bücher.example",
    "XN--BCHER-kva.example",
  ]) {
    assert.equal(recipient(house, `Anna@${domain}`), "anna", domain);
    assert.equal(recipient(house, `anna+lists@${domain}`), "anna", domain);
  }
  await house.accounts.addAddress("bob", "anna@example.org");
  assert.equal(recipient(house, "anna@example.org"), "bob");
  assert.equal(recipient(house, "anna@localhost"), "anna");
  await house.accounts.addAppPassword("anna", "phone");
  assert.equal(recipient(house, '"anna/phone"@localhost'), "no-such-user", "an app password is no address");
});

test("an account is meant by each of its logins and addresses, in whatever letters; what is nobody's means none", async () => {
  const house = await peopled();
  await house.accounts.addAddress("bob", "robert@example.org");
  await house.accounts.addAppPassword("bob", "phone");
  const named = (text: string): string | undefined => {
    const account = house.accounts.accountOf(text);
    return account === undefined ? undefined : house.store.directory.account(account)?.name;
  };
  for (const text of ["bob", "BOB", "bob/phone", "bob@localhost", "Robert@Example.org", "robert+x@example.org"])
    assert.equal(named(text), "bob", text);
  for (const text of ["", "nobody", "robert@example.net", "bob@elsewhere.example", "@", "a b"])
    assert.equal(named(text), undefined, text);
});

test("an account named like an address gets its mail", async () => {
  const house = await peopled();
  await house.accounts.add({ name: "dora@example.org" });
  await house.accounts.add({ name: "emil@elsewhere.example" });
  assert.equal(recipient(house, "Dora@Example.org"), "dora@example.org");
  assert.equal(recipient(house, "dora+x@example.org"), "dora@example.org");
  assert.equal(recipient(house, "dora@localhost"), "no-such-user");
  assert.equal(recipient(house, "emil@elsewhere.example"), "not-our-domain");
  await assert.rejects(
    house.accounts.addAddress("anna", "dora@example.org"),
    refused("name-taken", /belongs to dora@example.org/),
  );
});

test("other domains are not ours, whatever stands before the @", async () => {
  const house = await peopled();
  for (const address of [
    "anna@elsewhere.example",
    "postmaster@elsewhere.example",
    "anna@sub.example.org",
    "anna@example.org.",
  ]) {
    assert.equal(recipient(house, address), "not-our-domain", address);
  }
  for (const domain of ["", "[127.0.0.1]", "exa mple.org", "example.org\0"]) {
    assert.deepEqual(house.accounts.recipient({ local: "anna", domain }), { kind: "not-our-domain" }, domain);
  }
});

test("a bare login, its tags and its aliases get mail without a domain", async () => {
  const house = await peopled();
  await house.accounts.addAddress("bob", "info@*");
  await house.accounts.addAddress("bob", "sales@example.org");
  for (const [local, name] of [
    ["anna", "anna"],
    ["ANNA", "anna"],
    ["anna+lists", "anna"],
    ["info", "bob"],
    ["info+x", "bob"],
    ["sales", "no-such-user"],
    ["nobody", "no-such-user"],
  ] as const) {
    assert.equal(recipient(house, local), name, local);
  }
});

test("mail for postmaster is always accepted: by who has the address, else by the oldest enabled account", async () => {
  const house = await openHouse();
  assert.equal(recipient(house, "postmaster@example.org"), "no-such-user", "nobody is here at all");
  for (const name of ["zoe", "anna", "bob"]) await house.accounts.add({ name });
  for (const address of ["postmaster@example.org", "PostMaster@localhost", "POSTMASTER"]) {
    assert.equal(recipient(house, address), "zoe", address);
  }
  await house.accounts.setDisabled("zoe", true);
  assert.equal(recipient(house, "postmaster@example.org"), "anna");
  for (const name of ["anna", "bob"]) await house.accounts.setDisabled(name, true);
  assert.equal(recipient(house, "postmaster@example.org"), "zoe", "all are disabled: still accepted");
  await house.accounts.addAddress("bob", "*@example.org");
  assert.equal(recipient(house, "postmaster@example.org"), "bob");
  await house.accounts.addAddress("anna", "postmaster@localhost");
  assert.equal(recipient(house, "postmaster@mail.example.net"), "anna");
  assert.equal(recipient(house, "Postmaster"), "anna");
  assert.equal(recipient(house, "postmaster@example.org"), "bob");
});

test("a disabled account still receives mail", async () => {
  const house = await peopled();
  await house.accounts.setDisabled("anna", true);
  assert.equal(recipient(house, "anna@example.org"), "anna");
});

test("people log in by login name or by any of their addresses, with the same password", async () => {
  const house = await openHouse();
  const { accounts } = house;
  const anna = await accounts.add({ name: "anna", password: "correct horse battery" });
  const phone = await accounts.addAppPassword("anna", "phone");
  const bob = await accounts.add({ name: "bob" });
  await accounts.addAddress("anna", "info@example.org");
  await accounts.addAddress("anna", "sales@*");
  await accounts.addAddress("anna", "*@example.org");
  await accounts.addAddress("bob", "anna@bücher.example");
  const login = async (name: string, password: string): Promise<string> => {
    const verdict = await accounts.authenticator.checkPassword(name, password, PEER);
    return verdict.kind === "accepted" ? verdict.login : verdict.kind;
  };
  for (const name of [
    "anna",
    "ANNA",
    "anna@example.org",
    "Anna@LOCALHOST",
    "info@example.org",
    "INFO@Example.ORG",
    "sales@localhost",
  ]) {
    assert.equal(await login(name, anna.password), "anna", name);
  }
  for (const name of ["anna/phone", "Anna/Phone", "anna@example.org/phone", "info@example.org/phone"]) {
    assert.equal(await login(name, phone.password), "anna/phone", name);
    assert.equal(await login(name, anna.password), "refused", name);
  }
  for (const name of ["bob@example.org", "anna@bücher.example", "anna@XN--BCHER-KVA.example"]) {
    assert.equal(await login(name, bob.password), "bob", name);
  }
  // What only catches mail is nobody's name: a tag, a catch-all, a domain of others.
  for (const name of [
    "anna+x@example.org",
    "other@example.org",
    "anna@elsewhere.example",
    "info",
    "anna@",
    "@example.org",
    "",
  ]) {
    assert.equal(await login(name, anna.password), "refused", name);
  }
  await accounts.removeAddress("info@example.org");
  assert.equal(await login("info@example.org", anna.password), "refused");
});

test("whatever is asked, the recipient is found by the rule or is nobody", async () => {
  const house = await peopled();
  const { accounts } = house;
  await accounts.addAddress("anna", "info@*");
  await accounts.addAddress("bob", "*@example.org");
  await accounts.addAddress("carol", "info@example.org");
  const base = fc.constantFrom("anna", "bob", "info", "postmaster", "nobody", "x y", 'a"b', "é");
  const tag = fc.constantFrom("", "+", "+a", "+a+b");
  const domain = fc.constantFrom("example.org", "localhost", "bücher.example", "elsewhere.example", undefined);
  const upper = fc.boolean();
  // The rule of the design, written as one table: per domain, who gets the mail of a local part without its tag.
  const table: Readonly<Record<string, Readonly<Record<string, string>>>> = {
    "example.org": { anna: "anna", bob: "bob", info: "carol", "*": "bob" },
    localhost: { anna: "anna", bob: "bob", info: "anna", postmaster: "anna", "*": "no-such-user" },
    "bücher.example": { anna: "anna", bob: "bob", info: "anna", postmaster: "anna", "*": "no-such-user" },
    "elsewhere.example": { "*": "not-our-domain" },
    bare: { anna: "anna", bob: "bob", info: "anna", postmaster: "anna", "*": "no-such-user" },
  };
  fc.assert(
    fc.property(base, tag, domain, upper, (name, suffix, where, loud) => {
      const text = `${name}${suffix}`;
      const answer = accounts.recipient({ local: loud ? text.toUpperCase() : text, domain: where });
      const row = table[where ?? "bare"] ?? {};
      const known = name === "postmaster" && suffix !== "" ? undefined : row[name];
      const expected = known ?? row["*"] ?? "";
      assert.equal(
        answer.kind === "account" ? answer.account : answer.kind,
        expected.includes("-") ? expected : idOf(house, expected),
      );
    }),
    { seed, numRuns: 500 },
  );
});
