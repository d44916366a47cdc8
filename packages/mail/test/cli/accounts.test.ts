import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { sendMessage } from "../delivery/lmtp-client.ts";
import { loggedIn, Talk } from "../office/test-office.ts";
import { FREE_PORTS, here, inDirectory, spawned, startOffice } from "./command-line.ts";

async function refused(port: number, login: string, password: string): Promise<void> {
  const talk = new Talk(port);
  await talk.line();
  await talk.say(`USER ${login}`);
  assert.match((await talk.say(`PASS ${password}`)) ?? "", /^-ERR \[AUTH\]/);
  talk.close();
}

const printed = (text: string): string => /^ {2}(\S+)$/m.exec(text)?.[1] ?? "";

test("an account lives: made, logged in, a new password, an app password, disabled, enabled, removed", async () => {
  await inDirectory(async (data) => {
    const office = await startOffice(["up", "--json", "--data", data, ...FREE_PORTS]);
    const port = office.port("pop3");
    const cli = (...argv: readonly string[]) => here([...argv, "--data", data]);

    const made = await cli("account", "add", "anna");
    assert.match(made.stdout, /^Account anna is there\. Its password, shown only now:/);
    const first = printed(made.stdout);
    (await loggedIn(port, "anna", first)).close();

    const second = printed((await cli("account", "passwd", "anna")).stdout);
    await refused(port, "anna", first);
    (await loggedIn(port, "anna", second)).close();

    const phone = JSON.parse((await cli("account", "app-password", "anna", "phone", "--json")).stdout) as {
      login: string;
      password: string;
    };
    assert.equal(phone.login, "anna/phone");
    (await loggedIn(port, "anna/phone", phone.password)).close();
    assert.equal(
      (await cli("account", "app-password", "anna", "phone", "--remove")).stdout,
      "anna/phone is removed.\n",
    );
    await refused(port, "anna/phone", phone.password);

    await cli("account", "disable", "anna");
    await refused(port, "anna", second);
    assert.match((await cli("account", "list")).stdout, /anna .* disabled\n/);
    await cli("account", "enable", "anna");
    (await loggedIn(port, "anna", second)).close();

    const unsure = await cli("account", "remove", "anna");
    assert.deepEqual(
      [unsure.code, unsure.stderr],
      [64, "restante: this would remove anna with 0 messages for good; add --yes to do it\n"],
    );
    assert.equal((await cli("account", "remove", "anna", "--yes")).stdout, "anna is removed.\n");
    await refused(port, "anna", second);
    office.signal("SIGTERM");
    await office.ended();
  });
});

test("a chosen password comes from standard input, and is never printed", async () => {
  await inDirectory(async (data) => {
    const made = await spawned(["account", "add", "anna", "--password-stdin", "--data", data], {
      stdin: "correct horse battery\nnot this\n",
    });
    assert.deepEqual(made, { code: 0, stdout: "Account anna is there, with the password you chose.\n", stderr: "" });
    const office = await startOffice(["up", "--json", "--data", data, ...FREE_PORTS]);
    (await loggedIn(office.port("pop3"), "anna", "correct horse battery")).close();
    office.signal("SIGTERM");
    await office.ended();
    const empty = await here(["account", "add", "bela", "--password-stdin", "--data", data], { stdin: "" });
    assert.deepEqual(
      [empty.code, empty.stderr],
      [64, "restante: standard input holds no password; give it on the first line\n"],
    );
    const ask = await here(["account", "add", "bela", "--ask", "--data", data]);
    assert.deepEqual(
      [ask.code, ask.stderr],
      [64, "restante: --ask needs a terminal; in a script, use --password-stdin\n"],
    );
  });
});

test("addresses bring mail to their account", async () => {
  await inDirectory(async (directory) => {
    const env = { RESTANTE_DOMAINS: "example.org", RESTANTE_DATA: join(directory, "data") };
    const cli = (argv: readonly string[], stdin?: string) =>
      here(argv, { env, ...(stdin === undefined ? {} : { stdin }) });
    await cli(["account", "add", "anna"]);
    assert.equal(
      (await cli(["address", "list"])).stdout,
      "No address was added; every account has its own name at every domain of ours.\n",
    );
    assert.equal(
      (await cli(["address", "add", "anna", "Info@Example.org"])).stdout,
      "Mail for info@example.org goes to anna.\n",
    );
    assert.equal((await cli(["address", "add", "anna", "sales@*"])).code, 0);
    assert.equal((await cli(["deliver", "info@example.org"], "Subject: 1\n")).code, 0);
    assert.equal((await cli(["deliver", "sales@localhost"], "Subject: 2\n")).code, 0);
    const [anna] = JSON.parse((await cli(["account", "list", "--json"])).stdout) as [
      { messages: number; addresses: string[] },
    ];
    assert.equal(anna.messages, 2);
    assert.deepEqual([...anna.addresses].sort(), ["info@example.org", "sales@*"]);
    assert.equal((await cli(["address", "remove", "info@example.org"])).code, 0);
    assert.equal((await cli(["deliver", "info@example.org"], "Subject: 3\n")).code, 67);
    assert.equal((await cli(["address", "remove", "info@example.org"])).code, 67);
  });
});

test("the days of an account's mail are set, shown and taken back", async () => {
  await inDirectory(async (data) => {
    const cli = (...argv: readonly string[]) => here([...argv, "--data", data]);
    const shown = async (): Promise<unknown> =>
      (JSON.parse((await cli("account", "list", "--json")).stdout) as [{ expireDays: number | null }])[0].expireDays;
    await cli("account", "add", "anna");
    assert.equal(await shown(), null);
    assert.equal(
      (await cli("account", "expire", "anna", "30")).stdout,
      "Mail in the POP maildrop of anna goes 30 days after it came, and not before 30 days from now.\n",
    );
    assert.equal(await shown(), 30);
    assert.match((await cli("account", "list")).stdout, / 30d /);
    assert.equal(
      (await cli("account", "expire", "anna", "0")).stdout,
      "What a POP client retrieves from anna goes when it says QUIT.\n",
    );
    assert.equal(
      (await cli("account", "expire", "anna", "never", "--json")).stdout,
      '{"name":"anna","expireDays":null}\n',
    );
    assert.equal(await shown(), null);
  });
});

test("how much an account may hold is set, shown, obeyed over LMTP and taken back", async () => {
  await inDirectory(async (data) => {
    const office = await startOffice(["up", "--json", "--data", data, ...FREE_PORTS]);
    const cli = (...argv: readonly string[]) => here([...argv, "--data", data]);
    const letter = { to: ["anna"], data: `Subject: x\r\n\r\n${"y".repeat(70)}\r\n.\r\n` };
    const answer = async (): Promise<string> => (await sendMessage(office.port("lmtp"), letter))[0] ?? "";
    await cli("account", "add", "anna");
    assert.equal(
      (await cli("account", "quota", "anna")).stdout,
      "anna may hold as much mail as the disk has room for.\n",
    );
    assert.equal(
      (await cli("account", "quota", "anna", "--messages", "2", "--size", "1kB")).stdout,
      "anna may hold 2 messages and 1kB.\n",
    );
    assert.match((await cli("account", "list")).stdout, / 2 1kB /);
    assert.match(await answer(), /^250 /);
    assert.match(await answer(), /^250 /);
    assert.match(await answer(), /^452 4\.2\.2 /);
    assert.equal(
      (await cli("account", "quota", "anna", "--messages", "none", "--json")).stdout,
      '{"name":"anna","quotaMessages":null,"quotaOctets":1000}\n',
    );
    for (let octets = 0; octets < 10; octets += 1) await answer();
    assert.match(await answer(), /^452 4\.2\.2 /);
    const [anna] = JSON.parse((await cli("account", "list", "--json")).stdout) as [{ octets: number }];
    assert.ok(anna.octets > 700 && anna.octets <= 1_000, `${anna.octets} octets`);
    await cli("account", "quota", "anna", "--size", "none");
    assert.match(await answer(), /^250 /);
    office.signal("SIGTERM");
    await office.ended();
  });
});

const REFUSALS: readonly (readonly [argv: readonly string[], code: number, line: RegExp])[] = [
  [["account", "add", "anna"], 65, /^restante: there is an account anna already: choose another name$/],
  [["account", "add", "an na"], 65, /^restante: /],
  [["account", "passwd", "nobody"], 67, /^restante: there is no login "nobody"/],
  [["account", "disable", "nobody"], 67, /^restante: there is no account "nobody"/],
  [
    ["account", "remove", "nobody"],
    67,
    /^restante: there is no account "nobody"; restante account list shows those there are$/,
  ],
  [
    ["account", "add", "carla", "--pop-delete", "maybe"],
    64,
    /^restante: "maybe" is no policy; write "trash 30d", "remove" or "hide"$/,
  ],
  [["account", "expire", "anna", "30d"], 64, /^restante: "30d" is no number of days; write 0 to 9999, or "never"$/],
  [["account", "expire", "nobody", "30"], 67, /^restante: there is no account "nobody"/],
  [
    ["account", "quota", "anna", "--size", "2"],
    64,
    /^restante: "2" is not a size; write one, such as "2GB", or "none"$/,
  ],
  [["account", "quota", "nobody"], 67, /^restante: there is no account "nobody"; restante account list shows/],
  [
    ["address", "remove", "x@localhost"],
    67,
    /^restante: nobody has the address x@localhost; restante address list shows/,
  ],
  [
    ["export", "--account", "nobody", "out"],
    67,
    /^restante: there is no account "nobody"; restante account list shows/,
  ],
  [["address", "add", "anna", "a@elsewhere.example"], 68, /^restante: /],
  [["kick", "x"], 69, /^restante: there is no session x; restante who lists those there are$/],
];

async function expectRefusal(argv: readonly string[], code: number, line: RegExp): Promise<void> {
  const ended = await here(argv);
  assert.deepEqual([ended.code, ended.stdout], [code, ""], argv.join(" "));
  assert.match(ended.stderr.replace(/\n$/, ""), line);
  assert.equal(ended.stderr.split("\n").length, 2, ended.stderr);
}

test("each refusal is one line that says what to do, with its exit code", async () => {
  await inDirectory(async (data) => {
    await expectRefusal(
      ["account", "list", "--data", data],
      66,
      /^restante: there is no mail in .*; start with restante up, or name another directory with --data$/,
    );
    await here(["account", "add", "anna", "--data", data]);
    await expectRefusal(
      ["who", "--data", data],
      69,
      /^restante: no post office runs on .*; start one with restante up/,
    );
    const office = await startOffice(["up", "--json", "--data", data, ...FREE_PORTS]);
    for (const [argv, code, line] of REFUSALS) await expectRefusal([...argv, "--data", data], code, line);
    office.signal("SIGTERM");
    await office.ended();
  });
});
