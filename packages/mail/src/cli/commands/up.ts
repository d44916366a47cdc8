import { resolve } from "node:path";
import { loadConfig, PROTOCOLS, type Config, type Loaded } from "../../config/index.ts";
import { FILES, openDemo, openOffice, type DemoAccount, type Office } from "../../office/index.ts";
import { isSet, text, texts, type CliCommand, type OptionValues } from "../command.ts";
import { fileAndData } from "../default-file.ts";
import { printJson, printLine, warn, type Io } from "../io.ts";
import { listenFlags } from "../listen-flags.ts";
import { openLog } from "../open-log.ts";
import { welcome } from "../welcome.ts";
import { readyEvent } from "../ready-event.ts";
import { PERSONAL_DEFAULTS, readAgain, tellWarnings } from "../settings.ts";
import { runUntilStopped } from "../supervise.ts";

/** `Ctrl-C` ends it within two seconds: this much for sessions, the rest for the store. */
const STOP_MS = 1_200;

const LISTEN_DEFAULTS = {
  "listen.pop3": "127.0.0.1:1110",
  "listen.pop3s": "127.0.0.1:1995",
  "listen.lmtp": "127.0.0.1:1124",
  "listen.web": "127.0.0.1:8025",
};

/** The trial shows the whole family. */
const DEMO_LISTEN_DEFAULTS = { "listen.pop2": "127.0.0.1:1109", "listen.pop1": "127.0.0.1:1108" };

export const up: CliCommand = {
  name: "up",
  summary: "run a post office with everything at its default, for one person or a trial",
  options: {
    demo: { summary: "with two accounts, demo and friend, that have sample mail" },
    data: {
      value: "DIR",
      summary: "where everything is kept (default ./data); made on the first run",
      completes: "directory",
    },
    listen: {
      value: "PROTOCOL=HOST:PORT",
      repeatable: true,
      summary: `where ${PROTOCOLS.slice(0, -1).join(", ")} or ${PROTOCOLS.at(-1)} listens, or PROTOCOL=off; port 0 picks a free one; may be given several times`,
      completes: PROTOCOLS.map((protocol) => `${protocol}=`),
    },
  },
  examples: [
    "restante up --demo",
    "restante up --data ~/mail",
    "restante up --listen pop3=127.0.0.1:0 --listen lmtp=off --json",
  ],
  async run({ values }, io) {
    const read = (): Loaded => readSettings(values, io);
    const loaded = read();
    tellWarnings(loaded, io);
    const log = openLog(loaded.config, io);
    return runUntilStopped({
      io,
      log,
      stopMs: STOP_MS,
      // Whoever closes the terminal window has no other way to say stop.
      hangup: io.stdin.isTTY === true ? "stop" : "reload",
      open: () => openOffice({ config: loaded.config, log, readConfig: readAgain(read, loaded, io) }),
      opened: async (office) => announce({ values, io, office, config: loaded.config }),
      json: isSet(values, "json"),
    });
  },
};

function readSettings(values: OptionValues, io: Io): Loaded {
  const data = text(values, "data");
  const { file, flags } = fileAndData(values, io);
  return loadConfig({
    ...(file === undefined ? {} : { file }),
    env: io.env,
    defaults: {
      ...PERSONAL_DEFAULTS,
      ...LISTEN_DEFAULTS,
      ...(isSet(values, "demo") ? DEMO_LISTEN_DEFAULTS : {}),
      "log.destination": resolve(data ?? io.env["RESTANTE_DATA"] ?? "data", FILES.log),
    },
    flags: [...flags, ...listenFlags(texts(values, "listen"))],
  });
}

/** A first look shows all of the sample mail; a machine that is slower is not waited for. */
const LISTED_MS = 5_000;

async function announce(o: {
  readonly values: OptionValues;
  readonly io: Io;
  readonly office: Office;
  readonly config: Config;
}): Promise<void> {
  const { values, io, office, config } = o;
  const demo = isSet(values, "demo") ? await openDemoAccounts(o) : undefined;
  if (isSet(values, "json")) printJson(io, readyEvent(office, demo));
  else printLine(io, welcome({ office, config, demo, io }));
}

async function openDemoAccounts({
  io,
  office,
  config,
}: {
  readonly io: Io;
  readonly office: Office;
  readonly config: Config;
}): Promise<readonly DemoAccount[]> {
  const { accounts, changed } = await openDemo(config.dataDir, office.house);
  for (const user of changed)
    warn(
      io,
      `warning: the password of ${user} was changed, so it is not shown; restante account passwd ${user} makes a new one`,
    );
  for (const { user } of accounts) {
    const account = office.house.accounts.accountOf(user);
    if (account !== undefined) await office.listed(account, { withinMs: LISTED_MS });
  }
  return accounts;
}
