import assert from "node:assert/strict";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { FREE_PORTS, here, inDirectory, startOffice } from "./command-line.ts";

const SAMPLES = new URL("../../demo/demo/", import.meta.url);

function writeMaildir(path: string): number {
  for (const name of ["cur", "new", "tmp"]) mkdirSync(join(path, name), { recursive: true });
  const names = readdirSync(SAMPLES).filter((name) => name.endsWith(".eml"));
  for (const [index, name] of names.entries())
    writeFileSync(join(path, "cur", `17${index + 10}.M1P1.host:2,S`), readFileSync(new URL(name, SAMPLES)));
  return names.length;
}

/** The store ends every message with a line end (RFC 1939 knows no other end). */
const ended = (text: string): string => (text.endsWith("\n") ? text : `${text}\n`);

/** What an export holds: its messages with the line ends of the samples, sorted. */
function letters(directory: string): readonly string[] {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(".eml"))
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), "latin1").replace(/\r?\n/g, "\n"))
    .sort();
}

for (const running of [true, false]) {
  test(`a Maildir goes in and comes out as .eml files, ${running ? "through a running post office" : "with nobody running"}; again adds nothing`, async () => {
    await inDirectory(async (directory) => {
      const data = join(directory, "data");
      const cli = (...argv: readonly string[]) => here([...argv, "--data", data]);
      const office = running ? await startOffice(["up", "--json", "--data", data, ...FREE_PORTS]) : undefined;
      await cli("account", "add", "anna");
      const maildir = join(directory, "Maildir");
      const count = writeMaildir(maildir);

      const first = await cli("import", "--account", "anna", maildir);
      assert.equal(first.code, 0, first.stderr);
      assert.match(first.stdout, new RegExp(`^anna: ${count} added \\(.*\\), 0 there already, 0 left out\\.\n$`));
      const second = JSON.parse((await cli("import", "--account", "anna", maildir, "--json")).stdout) as Record<
        string,
        unknown
      >;
      assert.deepEqual([second["added"], second["alreadyThere"], second["failed"]], [0, count, 0]);

      const out = join(directory, "out");
      const exported = JSON.parse(
        (await cli("export", "--account", "anna", "--format", "eml", out, "--json")).stdout,
      ) as Record<string, unknown>;
      assert.deepEqual([exported["written"], exported["alreadyThere"]], [count, 0]);
      const again = await cli("export", "--account", "anna", "--format", "eml", out);
      assert.equal(again.stdout, `anna: 0 written (0 octets), ${count} there already.\n`);
      const sent = readdirSync(SAMPLES)
        .map((name) => ended(readFileSync(new URL(name, SAMPLES), "latin1")))
        .sort();
      assert.equal(
        letters(out).join("\0") === sent.join("\0"),
        true,
        "an exported message differs from the one that was imported",
      );

      office?.signal("SIGTERM");
      await office?.ended();
    });
  });
}

test("what cannot be imported is named, the rest is brought in, and the exit code says so", async () => {
  await inDirectory(async (directory) => {
    const data = join(directory, "data");
    const folder = join(directory, "letters");
    mkdirSync(folder);
    writeFileSync(join(folder, "good.eml"), "Subject: good\n\n");
    writeFileSync(join(folder, "large.eml"), `Subject: large\n\n${"x".repeat(80_000)}\n`);
    await here(["account", "add", "anna", "--data", data]);
    const ended = await here(["import", "--account", "anna", folder, "--data", data], {
      env: { RESTANTE_LIMITS_MESSAGE: "65536KiB" },
    });
    assert.equal(ended.code, 0);
    const strict = await here(["import", "--account", "anna", "--mailbox", "Other", folder, "--data", data], {
      env: { RESTANTE_LIMITS_MESSAGE: "70kB" },
    });
    assert.equal(strict.code, 65);
    assert.match(strict.stderr, /^restante: left out large\.eml: the message is larger than 70000 octets\n$/);
    assert.match(strict.stdout, /^anna: 1 added /);
  });
});

test("import and export say what they lack", async () => {
  await inDirectory(async (directory) => {
    const data = join(directory, "data");
    await here(["account", "add", "anna", "--data", data]);
    const rows: readonly (readonly [argv: readonly string[], code: number, line: RegExp])[] = [
      [["import", directory], 64, /^restante: import needs to know whose mail; add --account NAME\n$/],
      [
        ["import", "--account", "anna", "--format", "pst", directory],
        64,
        /^restante: --format pst is unknown; write one of maildir, mbox, eml\n$/,
      ],
      [["import", "--account", "nobody", directory], 67, /^restante: there is no account "nobody"; /],
      [["import", "--account", "anna", join(directory, "none")], 66, /^restante: .*none/],
      [["export", "--account", "nobody", join(directory, "out")], 67, /^restante: there is no account "nobody"; /],
      // Below it the system refuses every new folder.
      [
        ["export", "--account", "anna", "/proc/restante/out"],
        73,
        /^restante: \/proc\/restante\/out cannot be written \(ENOENT\); /,
      ],
    ];
    for (const [argv, code, line] of rows) {
      const ended = await here([...argv, "--data", data]);
      assert.match(ended.stderr, line);
      assert.equal(ended.code, code, argv.join(" "));
    }
  });
});
