import { loadConfig, PROTOCOLS, type Config, type Loaded } from "../../config/index.ts";
import { describeListener, openOffice, type Office } from "../../office/index.ts";
import { isSet, text, texts, type CliCommand, type OptionValues } from "../command.ts";
import { CliError } from "../failure.ts";
import { printJson, printLine, warn, type Io } from "../io.ts";
import { listenFlags } from "../listen-flags.ts";
import { openLog } from "../open-log.ts";
import { readyEvent } from "../ready-event.ts";
import { readAgain, tellWarnings } from "../settings.ts";
import { runUntilStopped } from "../supervise.ts";

/** Running commands and transactions may end in this time. */
const STOP_MS = 30_000;

export const serve: CliCommand = {
  name: "serve",
  summary: "run the post office a configuration file describes",
  options: {
    config: { short: "c", value: "FILE", summary: "the configuration file", completes: "file" },
    data: { value: "DIR", summary: "another data directory than the file names", completes: "directory" },
    listen: {
      value: "PROTOCOL=HOST:PORT",
      repeatable: true,
      summary: "another listener than the file names, or PROTOCOL=off; may be given several times",
      completes: PROTOCOLS.map((protocol) => `${protocol}=`),
    },
  },
  examples: [
    "restante serve -c /etc/restante.toml",
    "restante serve -c restante.toml --listen pop3=127.0.0.1:0 --json",
  ],
  async run({ values }, io) {
    const read = (): Loaded => readSettings(values, io);
    const loaded = read();
    tellWarnings(loaded, io);
    requireListeners(loaded.config);
    if (loaded.config.tls.length === 0)
      warn(io, "warning: no certificate is configured, so a self-signed one is shown; name one in [tls]");
    const log = openLog(loaded.config, io);
    return runUntilStopped({
      io,
      log,
      stopMs: STOP_MS,
      hangup: "reload",
      open: () => openOffice({ config: loaded.config, log, readConfig: readAgain(read, loaded, io) }),
      opened: async (office) => {
        if (isSet(values, "json")) printJson(io, readyEvent(office, undefined));
        else tell(office, io);
      },
      json: isSet(values, "json"),
    });
  },
};

function tell(office: Office, io: Io): void {
  for (const listener of office.listeners) printLine(io, `open: ${describeListener(listener)}`);
  // An address with a token would stay in a journal.
  if (office.listeners.some(({ protocol }) => protocol === "web"))
    printLine(io, "read mail in a browser: restante open prints an address that lets one in");
}

function readSettings(values: OptionValues, io: Io): Loaded {
  const file = text(values, "config");
  if (file === undefined)
    throw new CliError(
      "usage",
      "serve needs a configuration; name it with -c FILE, or try restante up, which needs none",
    );
  const data = text(values, "data");
  return loadConfig({
    file,
    env: io.env,
    flags: [
      ...(data === undefined ? [] : [{ key: "data", flag: `--data ${data}`, value: data }]),
      ...listenFlags(texts(values, "listen")),
    ],
  });
}

function requireListeners(config: Config): void {
  if (Object.values(config.listen).every((addresses) => addresses.length === 0))
    throw new CliError(
      "config",
      `${config.file ?? "the configuration"} names no listener; add [listen] and below it, say, pop3 = "127.0.0.1:1110"`,
    );
}
