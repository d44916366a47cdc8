import assert from "node:assert/strict";
import { test } from "node:test";
import { assembleAccounts } from "../../src/accounts/accounts.ts";
import type { HashCost } from "../../src/accounts/chosen-password.ts";
import { HashThreads, Overloaded, type PasswordHasher } from "../../src/accounts/hash-threads.ts";
import { requirement } from "../../../../scripts/conformance/requirement.ts";
import { CHEAP, openHouse, PEER, type TestHouse } from "./support/house.ts";

const chosen = "correct horse battery";
const wrong = "wrong horse battery";

/** Hashes for real and writes down each verifier it checked; can be stopped in the middle of a check. */
class WatchedHasher implements PasswordHasher {
  readonly checked: string[] = [];
  readonly #real: HashThreads;
  running = 0;
  runningMost = 0;
  gate: Promise<void> = Promise.resolve();
  failure: Error | undefined;

  constructor(cost: HashCost) {
    this.#real = new HashThreads({ cost });
  }

  async verify(o: { readonly verifier: string; readonly password: string }, patience: AbortSignal): Promise<boolean> {
    this.checked.push(o.verifier);
    if (this.failure !== undefined) throw this.failure;
    this.running += 1;
    this.runningMost = Math.max(this.running, this.runningMost);
    try {
      await this.gate;
      return await this.#real.verify(o, patience);
    } finally {
      this.running -= 1;
    }
  }

  hash(password: string, patience: AbortSignal): Promise<string> {
    return this.#real.hash(password, patience);
  }

  close(): Promise<void> {
    return this.#real.close();
  }
}

interface WatchedHouse extends TestHouse {
  readonly hasher: WatchedHasher;
  readonly generated: string;
  check(login: string, password: string, address?: string): Promise<string>;
}

/** `anna` chose her password, `gina` has a generated one; `dora` and `dina` are the same, disabled. */
async function watchedHouse(cost: HashCost = CHEAP): Promise<WatchedHouse & { readonly disabledGenerated: string }> {
  const hasher = new WatchedHasher(cost);
  const house = await openHouse({ hasher, cost });
  const { accounts } = house;
  await accounts.add({ name: "anna", password: chosen });
  await accounts.add({ name: "dora", password: chosen });
  const { password: generated } = await accounts.add({ name: "gina" });
  const { password: disabledGenerated } = await accounts.add({ name: "dina" });
  await accounts.addAddress("anna", "info@example.org");
  for (const name of ["dora", "dina"]) await accounts.setDisabled(name, true);
  const check = async (login: string, password: string, address = PEER.address): Promise<string> =>
    (await accounts.authenticator.checkPassword(login, password, { ...PEER, address })).kind;
  return { ...house, hasher, generated, disabledGenerated, check };
}

/** A gate that stands closed until it is opened. */
function heldGate(): { readonly opened: Promise<void>; open(): void } {
  let open = (): void => {};
  const opened = new Promise<void>((resolve) => (open = resolve));
  return { opened, open };
}

/** How the verifier's cost reads in it. */
const cost = (verifier: string): string => verifier.split("$").slice(1, 4).join("$");

requirement("P3-S-046", "every refusal costs exactly one slow hash of the same cost, whatever its cause", async () => {
  const house = await watchedHouse();
  const causes: readonly (readonly [what: string, login: string, password: string])[] = [
    ["unknown login", "nobody", wrong],
    ["unknown login of an address's form", "nobody@example.org", wrong],
    ["unknown label", "anna/phone", wrong],
    ["another's domain", "anna@elsewhere.example", chosen],
    ["wrong password, chosen", "anna", wrong],
    ["wrong password by address", "info@example.org", wrong],
    ["wrong password, generated", "gina", wrong],
    ["right password in capitals", "gina", house.generated.toUpperCase()],
    ["disabled, right chosen password", "dora", chosen],
    ["disabled, wrong chosen password", "dora", wrong],
    ["disabled, right generated password", "dina", house.disabledGenerated],
    ["disabled, wrong generated password", "dina", wrong],
    ["no password", "anna", ""],
    ["a password nobody can have", "anna", "\u0007"],
    ["a password too long to prepare", "anna", "x".repeat(60_000)],
    ["no login", "", chosen],
    ["a login nobody can have", "an\0na", chosen],
    ["a login too long to prepare", "x".repeat(60_000), chosen],
  ];
  for (const [what, login, password] of causes) {
    for (const again of ["", ", again"]) {
      const before = house.hasher.checked.length;
      assert.equal(await house.check(login, password), "refused", what + again);
      assert.deepEqual(
        house.hasher.checked.slice(before).map(cost),
        ["argon2id$v=19$m=1024,t=1,p=1"],
        `${what}${again}: one check`,
      );
    }
  }
});

requirement("P3-S-046", "the time of a refusal does not tell its cause", async (t) => {
  const house = await watchedHouse({ memoryKiB: 4_096, passes: 1, lanes: 1 });
  const samples = await timed(
    house,
    {
      "unknown name": ["nobody", wrong],
      "wrong, chosen": ["anna", wrong],
      "wrong, generated": ["gina", wrong],
      "disabled, right, chosen": ["dora", chosen],
      "disabled, right, generated": ["dina", house.disabledGenerated],
      "unknown address": ["nobody@example.org", wrong],
      "wrong, by address": ["info@example.org", wrong],
      "right, without a hash": ["gina", house.generated],
    },
    300,
  );
  const of = (cause: string): readonly number[] => samples.get(cause) ?? [];

  // Mann-Whitney, as the chance that one of the first takes longer than one of the second: 0.5 when they are alike, with
  // a standard error of 0.024 for 300 of each. A hash left out or done twice makes it 0 or 1.
  for (const [unknown, others] of [
    ["unknown name", ["wrong, chosen", "wrong, generated", "disabled, right, chosen", "disabled, right, generated"]],
    ["unknown address", ["wrong, by address"]],
  ] as const) {
    for (const cause of others) {
      const chance = chanceOfLonger(of(cause), of(unknown));
      const medians = [median(of(cause)), median(of(unknown))] as const;
      t.diagnostic(
        `${cause}: longer than ${unknown} in ${(chance * 100).toFixed(1)} %, medians ${medians.map((ms) => ms.toFixed(3)).join(" and ")} ms`,
      );
      assert.ok(chance > 0.3 && chance < 0.7, `${cause} against ${unknown}: ${chance}`);
    }
  }
  const control = chanceOfLonger(of("right, without a hash"), of("unknown name"));
  assert.ok(control < 0.2, `the measure sees a hash left out: ${control}`);
});

/** Milliseconds of each cause, taken in turns so that whatever else the machine does falls on all alike. */
async function timed(
  house: WatchedHouse,
  causes: Readonly<Record<string, readonly [login: string, password: string]>>,
  rounds: number,
): Promise<Map<string, number[]>> {
  const samples = new Map<string, number[]>(Object.keys(causes).map((cause) => [cause, []]));
  const names = Object.keys(causes);
  for (let round = -20; round < rounds; round++) {
    for (let turn = 0; turn < names.length; turn++) {
      const name = names[(turn * 3 + round + names.length * 20) % names.length] ?? ""; // another order each round
      const [login = "", password = ""] = causes[name] ?? [];
      const start = performance.now();
      await house.check(login, password);
      const took = performance.now() - start;
      if (round >= 0) samples.get(name)?.push(took); // the first rounds warm up
    }
  }
  return samples;
}

function chanceOfLonger(these: readonly number[], those: readonly number[]): number {
  let longer = 0;
  for (const a of these) for (const b of those) longer += a > b ? 1 : a === b ? 0.5 : 0;
  return longer / (these.length * those.length);
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;
}

test("a returning client pays the slow hash once, under whichever name it comes", async () => {
  const house = await watchedHouse();
  for (const login of ["anna", "anna", "ANNA", "anna@localhost", "info@example.org"]) {
    assert.equal(await house.check(login, chosen), "accepted", login);
  }
  assert.equal(house.hasher.checked.length, 1);
  assert.equal(await house.check("gina", house.generated), "accepted");
  assert.equal(house.hasher.checked.length, 1, "a generated password needs none at all");
});

test("a refusal is never remembered as anything", async () => {
  const house = await watchedHouse();
  for (let i = 0; i < 3; i++) assert.equal(await house.check("anna", wrong), "refused");
  assert.equal(await house.check("anna", chosen), "accepted");
  assert.equal(await house.check("anna", wrong), "refused");
  assert.equal(house.hasher.checked.length, 5);
  await house.accounts.setPassword("anna", wrong);
  assert.equal(await house.check("anna", wrong), "accepted");
});

test("what changes while a password is checked counts: it is refused, and not remembered", async () => {
  const changes: Readonly<Record<string, (house: WatchedHouse) => Promise<unknown>>> = {
    "another password": ({ accounts }) => accounts.setPassword("anna"),
    "the same password again": ({ accounts }) => accounts.setPassword("anna", chosen),
    disabled: ({ accounts }) => accounts.setDisabled("anna", true),
    removed: ({ accounts }) => accounts.remove("anna"),
  };
  for (const [what, change] of Object.entries(changes)) {
    const house = await watchedHouse();
    const gate = heldGate();
    house.hasher.gate = gate.opened;
    const verdict = house.check("anna", chosen);
    await change(house);
    gate.open();
    assert.equal(await verdict, "refused", what);
    const before = house.hasher.checked.length;
    await house.check("anna", chosen);
    assert.equal(house.hasher.checked.length, before + 1, `${what}: checked anew`);
  }
});

test("when checks cannot be made in time the answer is an outage, for every login alike", async () => {
  const house = await watchedHouse();
  house.hasher.failure = new Overloaded("too much to do");
  for (const [login, password] of [
    ["anna", chosen],
    ["anna", wrong],
    ["gina", wrong],
    ["nobody", wrong],
    ["dora", chosen],
    ["dina", house.disabledGenerated],
  ] as const) {
    assert.equal(await house.check(login, password), "unavailable", login);
  }
  assert.equal(await house.check("gina", house.generated), "accepted", "a generated password needs no slow hash");
  house.hasher.failure = undefined;
  assert.equal(await house.check("anna", chosen), "accepted");
});

test("an outage keeps its cause for the log, and a damaged verifier is one", async () => {
  const house = await watchedHouse();
  const { directory } = house.store;
  for (const [verifier, cause] of [
    ["$argon2id$v=19$damaged", /verifier cannot be used/],
    ["$2b$10$abcdefghijklmnopqrstuv", /login anna is of a kind this version does not know/],
    ["hmac-sha256$half", /login anna is damaged/],
  ] as const) {
    await directory.changeLogin("anna", { verifier });
    const verdict = await house.accounts.authenticator.checkPassword("anna", chosen, PEER);
    assert.equal(verdict.kind, "unavailable", verifier);
    assert.match(verdict.kind === "unavailable" ? String(verdict.cause) : "", cause);
    assert.ok(!String(verdict.kind === "unavailable" && verdict.cause).includes(chosen));
  }
});

test("a network with many wrong passwords has two slow checks at a time; the account and its devices never suffer", async () => {
  const house = await watchedHouse();
  const attacker = "203.0.113.5";
  const owner = "198.51.100.9";
  assert.equal(await house.check("anna", chosen, owner), "accepted");
  for (let i = 0; i < 8; i++) assert.equal(await house.check("anna", `${wrong} ${i}`, attacker), "refused");

  const gate = heldGate();
  house.hasher.gate = gate.opened;
  house.hasher.runningMost = 0;
  const guesses = Array.from({ length: 10 }, (_, i) => house.check("anna", `${wrong} more ${i}`, attacker));
  const device = house.check("dora", chosen, owner); // disabled: takes the slow way from another network
  // The owner's known device and the neighbours of the attacker who are right do not wait for any of it.
  assert.equal(await house.check("anna", chosen, owner), "accepted");
  assert.equal(await house.check("anna", chosen, attacker), "accepted");
  assert.equal(await house.check("gina", house.generated, "203.0.113.77"), "accepted");
  await new Promise(setImmediate);
  assert.equal(house.hasher.running, 3, "two of the attacker's, one of another network");
  gate.open();
  assert.deepEqual([...new Set(await Promise.all([...guesses, device]))], ["refused"]);
  assert.equal(house.hasher.runningMost, 3);
  // No lockout: a new device of the owner logs in at its first attempt.
  await house.accounts.setPassword("anna", chosen);
  assert.equal(await house.check("anna", chosen, "192.0.2.200"), "accepted");
});

test("a device that polls with an old password is no attack", async () => {
  const house = await watchedHouse();
  for (let i = 0; i < 30; i++)
    assert.equal(await house.check("anna", "the password of last year", PEER.address), "refused");
  const gate = heldGate();
  house.hasher.gate = gate.opened;
  const polls = Array.from({ length: 6 }, () => house.check("anna", "the password of last year"));
  await new Promise(setImmediate);
  assert.equal(house.hasher.running, 6, "none of them waits for another");
  gate.open();
  await Promise.all(polls);
});

test("logins checked at once do not mix", async () => {
  const { accounts } = await openHouse();
  const people = await Promise.all(
    Array.from({ length: 24 }, (_, i) =>
      accounts.add({ name: `p${i}`, ...(i % 2 === 0 && { password: `the own password of ${i * 7}` }) }),
    ),
  );
  const verdicts = await Promise.all(
    people.flatMap(({ login }) =>
      people.map(async ({ login: owner, password }) => ({
        expected: login === owner ? `accepted ${login}` : "refused",
        actual: await accounts.authenticator
          .checkPassword(login, password, { ...PEER, address: `192.0.${login.slice(1)}.1` })
          .then((verdict) => (verdict.kind === "accepted" ? `accepted ${verdict.login}` : verdict.kind)),
      })),
    ),
  );
  for (const { expected, actual } of verdicts) assert.equal(actual, expected);
});

test("accounts that share a store see each other's changes at the next login", async () => {
  const house = await openHouse();
  const other = await assembleAccounts(house.options, { cost: CHEAP });
  await house.accounts.add({ name: "anna", password: chosen });
  const check = async (): Promise<string> => (await other.authenticator.checkPassword("anna", chosen, PEER)).kind;
  assert.equal(await check(), "accepted");
  await house.accounts.setPassword("anna", "another horse battery");
  assert.equal(await check(), "refused");
  await other.close();
});
