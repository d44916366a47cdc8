// Makes a fresh clone ready to start or to test: installs when the lock file changed, builds when a source did.
// Old-style JavaScript without dependencies: it runs on the system's Node, before anything is installed.
// Everything it says goes to standard error: `npm start -- --json` keeps standard output for JSON.
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const modules = join(root, "node_modules");
const installed = join(modules, ".restante-installed");
const built = join(modules, ".restante-built");
const lock = join(root, ".cache", "bootstrap.lock");
// Put together what tsc made, in this order.
const builders = [join("scripts", "program.ts"), join("scripts", "reader.ts")];
const LOCK_STALE_MS = 15 * 60 * 1000;

function say(text) {
  process.stderr.write("restante: " + text + "\n");
}

function fail(text) {
  say(text);
  process.exit(1);
}

function read(file) {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    if (error.code === "ENOENT") return undefined;
    throw error;
  }
}

/** Runs a command with its output on standard error; ends the script when it fails. */
function run(command, args, advice) {
  return new Promise(function (resolve) {
    // npm ci removes node_modules, and with it the Node it must not be running on.
    const path = (process.env.PATH || "").split(delimiter).filter(function (folder) {
      return folder !== join(modules, ".bin");
    });
    if (command !== "npm") path.unshift(join(modules, ".bin"));
    const env = Object.assign({}, process.env, { PATH: path.join(delimiter), npm_config_loglevel: "error" });
    const child = spawn(command, args, { cwd: root, stdio: ["ignore", 2, 2], env: env });
    child.on("error", function (error) {
      fail(command + " cannot be run (" + error.code + "); " + advice);
    });
    child.on("exit", function (code, signal) {
      if (code === 0) resolve();
      else fail(command + " " + args.join(" ") + " ended with " + (signal || code) + "; " + advice);
    });
  });
}

/** The state of the lock file and of what it was installed for: another Node major needs other binaries. */
function lockHash() {
  return createHash("sha256")
    .update(readFileSync(join(root, "package-lock.json")))
    .update(process.platform + "-" + process.arch)
    .digest("hex");
}

async function install() {
  const wanted = lockHash();
  const present = existsSync(join(modules, ".bin", "tsc"));
  const marker = read(installed);
  if (present && marker !== undefined && marker.trim() === wanted) return;
  if (present && marker === undefined && npmIsContent()) {
    writeFileSync(installed, wanted + "\n");
    return;
  }
  say("installing what it needs (once; a minute or so)");
  await run("npm", ["ci", "--no-audit", "--no-fund"], "read what npm said above, then try again");
  writeFileSync(installed, wanted + "\n");
}

/** An `npm ci` by hand left npm's own record, which is newer than the lock file it was made from. */
function npmIsContent() {
  const record = join(modules, ".package-lock.json");
  return existsSync(record) && statSync(record).mtimeMs >= statSync(join(root, "package-lock.json")).mtimeMs;
}

/** Names, sizes and times of every source: cheap to take, and changed whenever a build would differ. */
function sourceState() {
  const hash = createHash("sha256");
  const packages = join(root, "packages");
  const walk = function (folder) {
    for (const entry of readdirSync(folder, { withFileTypes: true }).sort(function (a, b) {
      return a.name < b.name ? -1 : 1;
    })) {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) walk(path);
      else if (/\.(ts|tsx|json|css|html|svg)$/.test(entry.name)) note(path);
    }
  };
  const note = function (path) {
    const state = statSync(path);
    hash.update(path + "\0" + state.size + "\0" + state.mtimeMs + "\0");
  };
  for (const file of ["tsconfig.json", "tsconfig.base.json", "package-lock.json", ...builders]) note(join(root, file));
  for (const name of readdirSync(packages)) {
    if (existsSync(join(packages, name, "src"))) walk(join(packages, name, "src"));
  }
  return hash.digest("hex");
}

async function build() {
  const wanted = sourceState();
  const products = [join("program", "main.js"), join("webmail", "ui", "index.html")];
  const there = products.every(function (product) {
    return existsSync(join(root, "packages", "mail", "dist", product));
  });
  if (read(built) === wanted && there) return;
  say("building");
  await run(join(modules, ".bin", "tsc"), ["-b"], "a source does not compile: mend it, then try again");
  for (const builder of builders)
    await run(join(modules, ".bin", "node"), [builder], "read what the bundler said above");
  writeFileSync(built, wanted);
}

/** Only one of several starts installs and builds; the others wait for it. */
async function holdingLock(work) {
  mkdirSync(dirname(lock), { recursive: true });
  const since = Date.now();
  let told = false;
  for (;;) {
    try {
      writeFileSync(lock, String(process.pid), { flag: "wx" });
      break;
    } catch (error) {
      if (error.code !== "EEXIST") throw error;
    }
    if (!ownerIsAlive()) {
      rmSync(lock, { force: true });
      continue;
    }
    if (Date.now() - since > LOCK_STALE_MS)
      fail("another start has been installing for 15 minutes; end it, remove " + lock + " and try again");
    if (!told) say("another start is installing or building; waiting for it");
    told = true;
    await new Promise(function (resolve) {
      setTimeout(resolve, 200);
    });
  }
  process.on("exit", function () {
    rmSync(lock, { force: true });
  });
  await work();
}

function ownerIsAlive() {
  const pid = Number(read(lock));
  // Empty: its owner has made it this very moment.
  if (!pid) return true;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === "EPERM";
  }
}

if (Number(process.versions.node.split(".")[0]) < 20) {
  fail(
    "this is Node " +
      process.versions.node +
      ", and Restante's npm scripts need Node 20 or newer; install one from nodejs.org or your distribution",
  );
}
["SIGINT", "SIGTERM"].forEach(function (signal) {
  process.on(signal, function () {
    process.exit(130);
  });
});
await holdingLock(async function () {
  await install();
  await build();
});
