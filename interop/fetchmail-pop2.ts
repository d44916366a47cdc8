// fetchmail, built with --enable-POP2 from its Debian source package, collects from our POP2 server. Run by hand:
// `node --conditions=restante-source interop/fetchmail-pop2.ts`. Needs deb-src in apt's sources, a C compiler, flex, bison
// and OpenSSL's headers. What is missing is named in one line, and the run skipped.
import { spawnSync } from "node:child_process";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { differing, manyLetters } from "./letters.ts";
import { runProgram, startProduct, type Product } from "./product.ts";

const LETTERS = 100;
const BUILD_MS = 600_000;

class Skipped extends Error {}

/** The program, built below `folder`. Throws Skipped. */
async function build(folder: string): Promise<string> {
  step(folder, "apt-get", ["source", "--download-only", "fetchmail"]);
  const description = (await readdir(folder)).find((name) => name.endsWith(".dsc"));
  if (description === undefined) throw new Skipped("apt-get brought no source package");
  step(folder, "dpkg-source", ["-x", description, "fetchmail"]);
  const source = join(folder, "fetchmail");
  step(source, "./configure", ["--enable-POP2", "--disable-nls", "--with-ssl"]);
  step(source, "make", ["fetchmail"]);
  return join(source, "fetchmail");
}

function step(cwd: string, program: string, args: readonly string[]): void {
  const { status, error, stderr } = spawnSync(program, args, { cwd, timeout: BUILD_MS, encoding: "utf8" });
  if (status === 0) return;
  const why = error?.message ?? stderr.trim().split("\n").at(-1) ?? "";
  throw new Skipped(`${program} ${args.join(" ")}: ${why}`);
}

/** Two runs: the first collects everything and empties the mailbox, the second finds nothing. */
async function collect(program: string, product: Product, folder: string): Promise<void> {
  const password = await product.account("fred");
  const letters = manyLetters(LETTERS);
  for (const letter of letters) {
    const { code, stderr } = await product.cli(["deliver", "fred"], letter);
    if (code !== 0) throw new Error(`deliver: ${stderr}`);
  }
  const home = join(folder, "home");
  await mkdir(join(home, "letters"), { recursive: true });
  const agent = join(home, "agent.sh");
  await writeFile(agent, `#!/bin/sh\nexec cat > "${home}/letters/$$-$(date +%s%N)"\n`, { mode: 0o755 });
  const rc = join(home, "fetchmailrc");
  const words = `poll 127.0.0.1 proto pop2 port ${product.port("pop2")} timeout 60 user "fred" pass "${password}"`;
  await writeFile(rc, `set invisible\n${words} sslproto '' nokeep fetchall no rewrite mda "${agent}"\n`, {
    mode: 0o600,
  });
  const run = () => runProgram(program, ["-f", rc, "--nosyslog"], { env: { HOME: home, FETCHMAILHOME: home } });
  const first = await run();
  if (first.code !== 0) throw new Error(`fetchmail ended with ${first.code}: ${first.stderr}`);
  const files = await readdir(join(home, "letters"));
  const got = await Promise.all(files.map((name) => readFile(join(home, "letters", name), "latin1")));
  const bodies = (texts: readonly string[]): readonly string[] => texts.map((text) => bodyOf(text));
  const wrong = differing(bodies(got), bodies(letters.map((letter) => Buffer.from(letter).toString("latin1"))));
  if (wrong.length > 0) throw new Error(`${wrong.length} of ${LETTERS} letters came otherwise`);
  const second = await run();
  if (second.code !== 1) throw new Error(`the second run ended with ${second.code}, not with "no mail"`);
}

/** Behind the header, where programs on the way write their fields; line ends are fetchmail's. */
function bodyOf(text: string): string {
  const lines = text.replaceAll("\r\n", "\n");
  return lines.slice(lines.indexOf("\n\n") + 2);
}

const folder = await mkdtemp(join(tmpdir(), "restante-fetchmail-pop2-"));
try {
  const program = await build(folder);
  const product = await startProduct();
  try {
    await collect(program, product, folder);
    console.log(`fetchmail with --enable-POP2 collected ${LETTERS} letters over POP2, and then found none`);
  } finally {
    await product.stop();
  }
} catch (error) {
  if (!(error instanceof Skipped)) throw error;
  console.log(`skipped: fetchmail with --enable-POP2 cannot be built here (${error.message})`);
} finally {
  await rm(folder, { recursive: true, force: true });
}
