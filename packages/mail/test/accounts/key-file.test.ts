import assert from "node:assert/strict";
import { chmod, mkdir, readdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, test } from "node:test";
import { createKeyFile, readKeyFile } from "../../src/accounts/key-file.ts";
import { temporaryDirectory } from "../temporary-directory.ts";

const folder = temporaryDirectory({ after });

test("a new key file holds 32 octets that only its owner may read, and leaves nothing beside it", async () => {
  const path = join(folder, "new.key");
  assert.equal(await readKeyFile(path), undefined);
  const key = await createKeyFile(path);
  const status = await stat(path);
  assert.equal(status.mode & 0o777, 0o600);
  assert.equal(status.size, 32);
  assert.deepEqual(key.secret.export(), await readFile(path));
  const again = await readKeyFile(path);
  assert.equal(again?.id, key.id);
  assert.ok(again?.secret.equals(key.secret));
  assert.deepEqual(
    (await readdir(folder)).filter((name) => name.startsWith("new.key")),
    ["new.key"],
  );
});

test("of many makers at once, all get one key", async () => {
  const path = join(folder, "race.key");
  const keys = await Promise.all(Array.from({ length: 12 }, () => createKeyFile(path)));
  assert.equal(new Set(keys.map(({ id }) => id)).size, 1);
});

test("a key file that others may read is refused, and the message says what to do", async () => {
  const path = join(folder, "open.key");
  await createKeyFile(path);
  for (const mode of [0o640, 0o604, 0o660]) {
    await chmod(path, mode);
    await assert.rejects(readKeyFile(path), new RegExp(`mode 0${mode.toString(8)}, .*chmod 600`));
  }
  await chmod(path, 0o400);
  assert.ok(await readKeyFile(path));
});

test("a damaged key file is refused, never replaced", async () => {
  const path = join(folder, "damaged.key");
  for (const octets of [0, 31, 33]) {
    await writeFile(path, Buffer.alloc(octets), { mode: 0o600 });
    await assert.rejects(readKeyFile(path), new RegExp(`damaged: it has ${octets} octets, not 32`));
    await assert.rejects(createKeyFile(path), /damaged/);
    assert.equal((await stat(path)).size, octets);
  }
  await mkdir(join(folder, "folder.key"), { mode: 0o700 });
  await assert.rejects(readKeyFile(join(folder, "folder.key")), /is not a file/);
});

test("a folder that is not there is a clear error", async () => {
  await assert.rejects(createKeyFile(join(folder, "nowhere", "x.key")), /cannot create the key file .*nowhere/);
});
