// `pop verify --transcripts` as a person reads it, asked of our own server, which is right.
import assert from "node:assert/strict";
import { test } from "node:test";
import { FREE_PORTS, here, inDirectory, startOffice } from "./command-line.ts";

const PASSWORD = "correct-horse-battery";

interface Row {
  readonly head: string;
  /** Without the column it stands in. */
  readonly said: readonly string[];
}

/** Rows by their first words, each with what was said below it. */
function rowsOf(text: string): readonly Row[] {
  const rows: { head: string; said: string[] }[] = [];
  for (const line of text.trimEnd().split("\n")) {
    const said = /^ {8}\| (.*)$/.exec(line)?.[1];
    if (said === undefined && !line.startsWith(" ")) rows.push({ head: line, said: [] });
    else if (said !== undefined) rows.at(-1)?.said.push(said);
  }
  return rows;
}

test("verify --transcripts shows what was said for every row, and the password nowhere", async () => {
  await inDirectory(async (data) => {
    await here(["account", "add", "anna", "--password-stdin", "--data", data], { stdin: `${PASSWORD}\n` });
    for (const n of [1, 2, 3])
      await here(["deliver", "anna", "--data", data], { stdin: `Subject: ${n}\n\n.dot ${n}\n` });
    const office = await startOffice(["up", "--json", "--data", data, ...FREE_PORTS]);
    const verify = (...more: readonly string[]) =>
      here(
        ["pop", "verify", `pop://anna@127.0.0.1:${office.port("pop3")}`, "--pin", office.ready.fingerprint, ...more],
        { env: { RESTANTE_POP_PASSWORD: PASSWORD } },
      );
    const full = await verify("--transcripts");
    assert.deepEqual([full.code, full.stderr], [0, ""]);
    for (const secret of [
      PASSWORD,
      ...["", "\0anna\0"].map((before) => Buffer.from(before + PASSWORD).toString("base64")),
    ])
      assert.ok(!full.stdout.includes(secret), "the password stands in a transcript");

    const rows = rowsOf(full.stdout);
    const checks = rows.filter(({ head }) =>
      /^(?:pass|FAIL|n\/a )  (?:MUST  |SHOULD|MAY   )  .+ \(P3-S-\d{3}/.test(head),
    );
    const [opening, summary] = rows.slice(checks.length);
    assert.equal(rows.length, checks.length + 2, "a row a check, the opening and one line that counts");
    const passed = checks.filter(({ head }) => head.startsWith("pass")).length;
    assert.ok(passed > 50 && !full.stdout.includes("FAIL"));
    assert.equal(
      summary?.head,
      `127.0.0.1:${office.port("pop3")}: ${passed} passed, none failed, ${checks.length - passed} not applicable.`,
    );
    // RFC 1939 §5: what a row of it has to have said.
    const row = (claim: string): string => checks.find(({ head }) => head.includes(claim))?.said.join("\n") ?? "";
    assert.match(row("NOOP is +OK"), /^C: NOOP\nS: \+OK/);
    assert.match(row("RSET takes every mark back"), /C: DELE 1\nS: \+OK[^\n]*(?:\n[^\n]*)*\nC: RSET\nS: \+OK/);
    assert.match(row("RETR of a number no message has"), /C: RETR \d+\nS: -ERR/);
    assert.match(row("PASS without USER"), /C: PASS \S+\nS: -ERR/);
    assert.match(row("QUIT without marks"), /C: QUIT\nS: \+OK/);
    const said = opening?.said.join("\n") ?? "";
    assert.match(opening?.head ?? "", /^what the rows without a conversation were read from:$/);
    assert.match(said, /^S: \+OK/);
    assert.match(said, /C: (?:PASS|AUTH PLAIN) \*{4}\nS: \+OK/);
    for (const command of ["CAPA", "STAT", "LIST", "UIDL", "RETR 1"])
      assert.ok(said.includes(`C: ${command}\n`), command);
    for (const { said: lines } of rows) for (const line of lines) assert.match(line, /^(?:[CS]: |\(|\.\.\.|-- )/, line);
    office.signal("SIGTERM");
    assert.equal(await office.ended(), 0);
  });
});
