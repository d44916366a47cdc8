import { existsSync, statSync } from "node:fs";
import { join, relative, resolve, dirname } from "node:path";
import { Pop3Error } from "@restante/pop/client";
import {
  isLoopback,
  keepProblem,
  loadConfig,
  readConfigText,
  replaceConfig,
  SOURCE_NAME,
  storeDestination,
  writeSecretFile,
  type Config,
} from "../../config/index.ts";
import { renderOctets } from "../../observe/index.ts";
import {
  addressProblem,
  addSource,
  discover,
  FetchState,
  firstReached,
  namesFor,
  sourceTable,
  statePath,
  SYSTEM_RESOLVER,
  tryLogin,
  type Discovery,
  type LoggedIn,
  type MailResolver,
  type Missed,
  type NewSource,
  type PasswordPlace,
  type SourceNames,
  type TriedPlace,
  PROVIDER_NOTES,
} from "../../retriever/index.ts";
import { askLine } from "../ask.ts";
import { argument, isSet, text, type CliCommand, type CommandInput, type OptionValues } from "../command.ts";
import { configurationFile, fileAndData } from "../default-file.ts";
import { EXIT } from "../exit-codes.ts";
import { CliError } from "../failure.ts";
import { printJson, printLine, warn, type Io } from "../io.ts";
import { PERSONAL_DEFAULTS } from "../settings.ts";
import { FETCH_OPTIONS, tellSameMailboxes } from "./fetch/options.ts";
import { seeAccount } from "./fetch/see-account.ts";
import { popPassword, refuseNoPassword } from "./pop/password.ts";
import { atPlace, explained, placeText } from "./pop/session.ts";
import { caOf, pinsOf } from "./trust.ts";

const TLS_MODES = ["implicit", "stls-required", "none"] as const;

export const fetchSetup: CliCommand = {
  name: "fetch setup",
  summary: "find the server of an address, try it, and write the source into the configuration",
  arguments: [{ name: "address", summary: "the mail address whose mail is to be collected" }],
  options: {
    account: { short: "a", value: "NAME", summary: "the account here whose mail it becomes" },
    maildir: { value: "DIR", summary: "or the Maildir it goes into", completes: "directory" },
    name: { value: "NAME", summary: "what the source is called (default made from the address)" },
    host: { value: "HOST", summary: "the server, where it is known: nothing is looked for then" },
    port: { value: "PORT", summary: "its port (default 995, or 110 with --tls stls-required)" },
    tls: { value: "MODE", summary: "implicit (default), stls-required, or none on this machine", completes: TLS_MODES },
    user: { short: "u", value: "NAME", summary: "the name to log in with (default the address, then its local part)" },
    pin: { value: "PIN", summary: "trust exactly this certificate; fetch serverinfo HOST shows what to write" },
    ca: { value: "FILE", summary: "trust certificates that these issuers vouch for (PEM)", completes: "file" },
    keep: {
      value: "TIME",
      summary: "how long mail stays there once it is here: forever (default), 0 (removed at once), or say 14d",
    },
    "password-command": {
      value: "COMMAND",
      summary: "a shell command whose output is the password; it is written down",
    },
    "ask-password": { summary: "do not keep the password: every run asks for it" },
    "accept-host": { summary: "send the password to the host the DNS names, though it is of another domain" },
    "dry-run": { summary: "print the table and write nothing" },
    ...FETCH_OPTIONS,
  },
  examples: [
    "restante fetch setup anna@example.org --account anna",
    "restante fetch setup anna@example.org --maildir ~/Maildir --keep 14d --password-command 'pass show mail/anna'",
    "restante fetch setup friend@localhost --host localhost --port 1110 --tls none --user friend --account demo",
  ],
  run: (input, io) => setUp(input, io, SYSTEM_RESOLVER),
};

/** `resolver` is another in tests. */
export async function setUp(input: CommandInput, io: Io, resolver: MailResolver): Promise<number> {
  const { values } = input;
  const address = argument(input, "address");
  const { file } = configurationFile(values, io);
  const config = currentConfig(values, io);
  refuseName(values, sourceNames(config));
  const keep = keepOf(values);
  const trusted = trustOf(values);
  const named = namedServer(values, address);
  const goal = await destination(values, { io, file });
  refuseNoPassword(values, io);
  if (goal.account !== undefined) await seeAccount(goal.account, { config, io });
  // Asked again at the end: meanwhile a person may have written into the file, or the reader.
  const namesAt = (place: TriedPlace, user: string): SourceNames => {
    const now = currentConfig(values, io);
    refuseName(values, sourceNames(now));
    const names = namesIn(now, { place: { ...place, user }, destinations: destinationsOf(goal), address });
    refuseName(values, names.taken);
    refuseSecondMemory(values, names.before);
    return names;
  };
  // Which of several users it is, the server alone can tell; of one its name is refused before anybody is asked.
  const seeNames = (place: TriedPlace, [user, ...others]: readonly string[]): void => {
    if (user !== undefined && others.length === 0) namesAt(place, user);
  };
  for (const place of named?.places ?? []) seeNames(place, named?.users ?? []);
  const found = named ?? (await discovered(values, { address, resolver }));
  if (found.note !== undefined) warn(io, PROVIDER_NOTES[found.note]);
  const { mailDomain } = found;
  const trust = { ...trusted, mailDomain };
  const place = await reach(found, { ...trust, values, io });
  seeNames(place, found.users);
  const password = await popPassword(values, io, `Password of ${found.users[0] ?? address} at ${place.host}: `);
  const login = await loggedIn(place, { ...trust, users: found.users, password });
  const names = namesAt(place, login.user);
  const { before } = names;
  const name = text(values, "name") ?? names.name;
  const secretFile = join(config.dataDir, "secrets", `${name}.password`);
  const kept = passwordPlace(values, { secretFile, file });
  const source: NewSource = {
    name,
    ...place,
    mailDomain,
    user: login.user,
    password: kept,
    pin: text(values, "pin"),
    caFile: text(values, "ca") === undefined ? undefined : resolve(text(values, "ca") ?? ""),
    ...goal,
    ...(keep === undefined ? {} : { keep }),
  };
  const isDry = isSet(values, "dry-run");
  if (!isDry) {
    // Checked, and on the disk, before there is a configuration that names it.
    if ("file" in kept) writeSecretFile(secretFile, password);
    replaceConfig(file, addSource(readConfigText(file), source));
  }
  tell({ source, before, login, file, isDry, isJson: isSet(values, "json"), io });
  if (!isDry) tellTwice(currentConfig(values, io), { name, given: names.given }, io);
  return EXIT.OK;
}

/** The mailbox's other source may rest, and have its mail all the same. */
function tellTwice({ sources }: Config, o: Pick<SourceNames, "given" | "name">, io: Io): void {
  tellSameMailboxes(sources, [o], io);
  const { name, given } = o;
  if (sources.some((one) => one.name === given && !one.enabled))
    warn(
      io,
      `warning: mail of this mailbox is here already, collected as ${given}, and comes again as ${name}; ` +
        `to go on from there leave ${name} out, and set enabled = true in ${given}`,
    );
}

function sourceNames({ sources }: Pick<Config, "sources">): readonly string[] {
  return sources.map(({ name }) => name);
}

function currentConfig(values: OptionValues, io: Io): Config {
  const { isNamed, file } = configurationFile(values, io);
  // A named file that is not there yet is the one to be written.
  if (isNamed && readConfigText(file) === "") return loadConfig({ env: io.env, ...dataFlag(values, io) }).config;
  return loadConfig({ ...fileAndData(values, io), env: io.env, defaults: PERSONAL_DEFAULTS }).config;
}

function dataFlag(values: OptionValues, io: Io) {
  const { data } = configurationFile(values, io);
  return { flags: [{ key: "data", flag: "--data", value: data }] };
}

function destinationsOf({ account, maildir }: Goal): readonly string[] {
  return [
    ...(account === undefined ? [] : [storeDestination(account)]),
    ...(maildir === undefined ? [] : [`maildir:${maildir}`]),
  ];
}

function namesIn({ dataDir, sources }: Config, o: Omit<Parameters<typeof namesFor>[0], "memory" | "configured">) {
  const path = statePath(dataDir);
  const memory = existsSync(path) ? FetchState.open(path) : undefined;
  try {
    return namesFor({ ...o, memory, configured: sourceNames({ sources }) });
  } finally {
    memory?.close();
  }
}

/** Under a name of its own, what was collected before would come a second time. */
function refuseSecondMemory(values: OptionValues, before: string | undefined): void {
  const name = text(values, "name");
  if (name === undefined || before === undefined || name === before) return;
  throw new CliError(
    "usage",
    `mail of this mailbox is here already, collected as ${before}; leave --name out to go on from there, ` +
      `or have all of it come again after: restante fetch state forget ${before}`,
  );
}

function refuseName(values: OptionValues, taken: readonly string[]): void {
  const name = text(values, "name");
  if (name === undefined) return;
  if (!SOURCE_NAME.test(name))
    throw new CliError("usage", `--name ${name} is no name of a source; write letters, digits, dots, dashes`);
  if (taken.includes(name))
    throw new CliError("usage", `there is or was a source ${name} already; choose another --name`);
}

function keepOf(values: OptionValues): string | undefined {
  const keep = text(values, "keep");
  const problem = keep === undefined ? undefined : keepProblem(keep);
  if (problem !== undefined) throw new CliError("usage", `--keep ${keep} ${problem}`);
  return keep;
}

interface Found extends Omit<Discovery, "places"> {
  readonly places: readonly TriedPlace[];
}

/** With --host nothing is looked for. Asks nobody. */
function namedServer(values: OptionValues, address: string): Found | undefined {
  const [host, user] = [text(values, "host"), text(values, "user")];
  if (host === undefined) {
    for (const name of ["port", "tls"] as const)
      if (text(values, name) !== undefined) throw new CliError("usage", `--${name} belongs to --host`);
    const problem = addressProblem(address);
    if (problem !== undefined) throw new CliError("usage", `${problem}, or name the server: --host`);
    return undefined;
  }
  const tls = TLS_MODES.find((mode) => mode === (text(values, "tls") ?? "implicit"));
  if (tls === undefined) throw new CliError("usage", `--tls is one of ${TLS_MODES.join(", ")}`);
  if (tls === "none" && !isLoopback(host))
    throw new CliError("usage", "--tls none would send the password in clear; it is for this machine alone");
  const places = [{ host, port: portOf(text(values, "port"), tls), tls }];
  const users = user === undefined ? [address, address.split("@")[0] ?? ""] : [user];
  return { places, users, by: "guess", note: undefined, foreignHosts: [] };
}

async function discovered(
  values: OptionValues,
  o: { readonly address: string; readonly resolver: MailResolver },
): Promise<Found> {
  const user = text(values, "user");
  const found = await discover(o.address, o.resolver).catch((error: unknown) => {
    throw isDnsTrouble(error) ? noDns(o.address, error) : error;
  });
  return user === undefined ? found : { ...found, users: [user] };
}

function isDnsTrouble(error: unknown): boolean {
  return (error as { readonly syscall?: unknown } | undefined)?.syscall === "querySrv";
}

function noDns(address: string, cause: unknown): CliError {
  const { code } = cause as NodeJS.ErrnoException;
  const text = `the DNS cannot be asked about ${address} (${String(code)}); try again, or name the server with --host`;
  return new CliError("DNS", text, { cause });
}

function portOf(written: string | undefined, tls: TriedPlace["tls"]): number {
  if (written === undefined) return tls === "implicit" ? 995 : 110;
  const port = /^\d{1,5}$/.test(written) ? Number(written) : 0;
  if (port >= 1 && port <= 65_535) return port;
  throw new CliError("usage", `--port ${written} is no port`);
}

interface Trust {
  readonly pin?: string;
  readonly ca?: string;
  readonly mailDomain?: string | undefined;
}

function trustOf(values: OptionValues): Trust {
  const [[pin], ca] = [pinsOf(values), caOf(values)];
  return { ...(pin !== undefined && { pin }), ...(ca !== undefined && { ca }) };
}

/** The place that is taken; where the DNS alone vouches for hosts, a person agrees before they hear of us. */
async function reach(found: Found, o: Trust & { readonly values: OptionValues; readonly io: Io }): Promise<TriedPlace> {
  if (found.foreignHosts.length > 0 && !isSet(o.values, "accept-host")) await agree(found.foreignHosts, o.io);
  const { reached, missed } = await firstReached(found.places, o);
  if (reached === undefined) throw nobodyThere(missed, text(o.values, "host") === undefined ? found.by : "named");
  return reached.place;
}

/** RFC 6186 §6. */
async function agree(hosts: readonly string[], io: Io): Promise<void> {
  const named = [...new Set(hosts)].join(", ");
  const isPerson = io.stdin.isTTY === true;
  const answer = isPerson ? await askLine(io, `The DNS names ${named}. Log in there? [y/N] `) : "";
  if (/^y(?:es)?$/i.test(answer.trim())) return;
  throw new CliError(
    "usage",
    `the DNS names ${named}, which is of another domain; --accept-host agrees, --host names another`,
  );
}

const ELSEWHERE: Readonly<Record<Found["by"] | "named", string>> = {
  named: "see that it is the right host, and try another --port or --tls",
  guess: "name the server with --host",
  srv: "try again later, or name another with --host",
  provider: "try again later, or name another with --host",
};

function nobodyThere(missed: readonly Missed[], by: keyof typeof ELSEWHERE): unknown {
  // Of a server that answered and was not trusted there is more to say than of names nobody has.
  const telling = missed.find(({ error }) => error.group !== "reach") ?? missed[0];
  if (telling === undefined) return new CliError("DNS", "no server was found; name it with --host");
  const { place, error } = telling;
  const pin = error.certificate?.pin;
  const next = pin === undefined ? ELSEWHERE[by] : trustAdvice(place, pin);
  return new CliError(error.code, `${atPlace(error, place)}; ${next}`, { cause: error });
}

function trustAdvice(place: TriedPlace, pin: string): string {
  return `restante fetch serverinfo ${placeText(place)} shows whose it is; if it is really the right server, --pin ${pin} trusts it`;
}

type Goal = Pick<NewSource, "account" | "maildir">;

async function destination(values: OptionValues, o: { readonly io: Io; readonly file: string }): Promise<Goal> {
  const [account, maildir] = [text(values, "account"), text(values, "maildir")];
  if (maildir !== undefined) {
    if (statSync(maildir, { throwIfNoEntry: false })?.isDirectory() === false)
      throw new CliError(
        "usage",
        `--maildir ${maildir} is no directory; name another, which is made where there is none`,
      );
    return { maildir: resolve(maildir), ...(account === undefined ? {} : { account }) };
  }
  if (account !== undefined) return { account };
  if (o.io.stdin.isTTY === true) {
    const answer = (await askLine(o.io, "The account here whose mail it becomes: ")).trim();
    if (answer !== "") return { account: answer };
  }
  throw new CliError("usage", "say where the mail goes: --account NAME, or --maildir DIR");
}

/** A path beside the configuration is written as one, so that both can move together. */
function passwordPlace(values: OptionValues, o: { readonly secretFile: string; readonly file: string }): PasswordPlace {
  const command = text(values, "password-command");
  if (command !== undefined) return { command: ["/bin/sh", "-c", command] };
  if (isSet(values, "ask-password")) return { prompt: true };
  const near = relative(dirname(resolve(o.file)), o.secretFile);
  return { file: near.startsWith("..") ? o.secretFile : near };
}

async function loggedIn(place: TriedPlace, o: Parameters<typeof tryLogin>[1]): Promise<LoggedIn> {
  try {
    return await tryLogin(place, o);
  } catch (error) {
    if (!Pop3Error.is(error)) throw error;
    const { host, port } = place;
    const url = { host, port, implicitTls: place.tls === "implicit", user: undefined, mechanism: undefined };
    throw explained(error, { url, user: undefined, options: { host, port, tls: place.tls } });
  }
}

interface Told {
  readonly source: NewSource;
  /** Its name, when its mail was collected under it before. */
  readonly before: string | undefined;
  readonly login: LoggedIn;
  readonly file: string;
  readonly isDry: boolean;
  readonly isJson: boolean;
  readonly io: Io;
}

function tell({ source, before, login, file, isDry, isJson, io }: Told): void {
  const { name, host, port, tls } = source;
  if (isJson) {
    const { user, messages, octets, hasUniqueIds } = login;
    printJson(io, { source: name, host, port, tls, user, messages, octets, hasUniqueIds, file, written: !isDry });
    return;
  }
  if (isDry) {
    io.stdout.write(sourceTable(source));
    return;
  }
  if (!login.hasUniqueIds)
    warn(io, "warning: the server gives no unique-ids, so that messages can be told apart by their octets alone");
  printLine(
    io,
    `${name}: ${host}:${port} takes ${login.user}; ${login.messages} messages wait there (${renderOctets(login.octets)}).`,
  );
  if (before !== undefined)
    printLine(io, `Mail of it is here already under this name; what was collected does not come again.`);
  printLine(io, `Written into ${file}. Next: restante fetch plan ${name}, then restante fetch run ${name}`);
}
