// Sources in the configuration file, added, changed and taken out one at a time; the house then reads it anew.
import {
  changeSource,
  ConfigError,
  ConfigFileError,
  readConfigText,
  removeSource,
  renderKeep,
  renderProblem,
  replaceConfig,
  storeDestination,
  type SourceChange,
} from "../../../config/index.ts";
import { addSource as addSourceText, namesFor } from "../../../retriever/index.ts";
import { ApiError } from "../api-error.ts";
import type { Reading } from "../reading.ts";
import type { Keep } from "../schema/index.ts";
import type { Input } from "../handlers/handler.ts";
import { oneByOne } from "./one-by-one.ts";
import {
  namedPasswordFile,
  passwordFile,
  removeUnlessRead,
  withPassword,
  type EnteredPassword,
} from "./password-file.ts";

/** What a choice of the reader is in the words of the file. */
export function keepKeys(keep: Keep): Required<Pick<SourceChange, "keep" | "deleteWhenDeletedLocally">> {
  switch (keep.kind) {
    case "forever":
      return { keep: "forever", deleteWhenDeletedLocally: false };
    case "days":
      return { keep: { ms: keep.days * 86_400_000 }, deleteWhenDeletedLocally: keep.whenDeletedHere };
    case "span":
      return { keep: { ms: keep.ms }, deleteWhenDeletedLocally: keep.whenDeletedHere };
    case "until-deleted-here":
      return { keep: "forever", deleteWhenDeletedLocally: true };
    case "remove-at-once":
      return { keep: { ms: 0 }, deleteWhenDeletedLocally: false };
  }
}

/** Gives the name it was written under. */
export async function writeNewSource(reading: Reading, input: Input<"addSource">): Promise<string> {
  const { settings, collecting } = reading.house;
  // A name that was taken out goes on with what is remembered of it only for the mailbox it was; where its mail is here,
  // that is its name, whatever is wished.
  const { taken, before, ...made } = namesFor({
    memory: collecting.memory(),
    place: input,
    destinations: [storeDestination(input.account)],
    configured: settings.sources().map((source) => source.name),
    address: input.address ?? `${input.user}@${input.host}`,
  });
  const wished = input.name;
  if (wished !== undefined && taken.includes(wished))
    throw new ApiError("conflict", `there is or was a source ${wished} already; choose another name`, {
      reason: "source-taken",
      values: { name: wished },
    });
  const name = before ?? wished ?? made.name;
  const { keep, deleteWhenDeletedLocally } = keepKeys(input.keep);
  const edit = (document: string): string => {
    const { host, mailDomain, port, tls, user, account } = input;
    return addSourceText(document, {
      name,
      host,
      mailDomain: mailDomain ?? undefined,
      port,
      tls,
      user,
      account,
      password: { file: namedPasswordFile(reading, name) },
      deleteWhenDeletedLocally,
      keep: renderKeep(keep),
      // The list is used while a first download runs: what its person looks for first comes first.
      order: "newest",
      maxSize: maxSizeOf(input),
      // What is not wanted is marked before the first run.
      ...(input.first.kind === "newest" ? { enabled: false } : {}),
    });
  };
  await change(reading, { edit, password: { file: passwordFile(reading, name), text: input.password } });
  // It is set up anew: whether it worked before says nothing of the certificate it is shown now (RFC 8314 §5.4).
  collecting.memory()?.learn(name, { hasWorked: false });
  return name;
}

/** Headers first: what is larger than a header comes when it is asked for. */
function maxSizeOf({ first, octetsMax }: Input<"addSource">): string | undefined {
  if (first.kind === "headers-first") return "1kB";
  return octetsMax === null ? undefined : `${Math.ceil(octetsMax / 1_000)}kB`;
}

export async function writeChange(
  reading: Reading,
  name: string,
  o: SourceChange & { readonly password?: string },
): Promise<void> {
  const { password: text, ...keys } = o;
  const named = text === undefined ? {} : { passwordFile: namedPasswordFile(reading, name) };
  await change(reading, {
    edit: (document) => changeSource(document, name, { ...keys, ...named }) ?? refuseForeign(name),
    password: text === undefined ? undefined : { file: passwordFile(reading, name), text },
  });
}

export async function takeOut(reading: Reading, name: string): Promise<void> {
  await change(reading, { edit: (document) => removeSource(document, name) ?? refuseForeign(name) });
  // A source that is added meanwhile may have the same name, and file.
  await inTurn(() => removeUnlessRead(reading, passwordFile(reading, name)));
}

/** True for a source that is not in the file the reader may change. */
export function isForeign(reading: Reading, name: string): boolean {
  return changeSource(readConfigText(reading.house.settings.file), name, {}) === undefined;
}

function refuseForeign(name: string): never {
  throw new ApiError("refused", `${name} is configured elsewhere; change it there`, {
    reason: "configured-elsewhere",
    values: { name },
  });
}

interface Edit {
  /** Gives the new text of the file. */
  readonly edit: (document: string) => string;
  /** That the new text names. */
  readonly password?: EnteredPassword | undefined;
}

/** Each change begins with what the one before wrote. */
const inTurn = oneByOne();

async function change(reading: Reading, edit: Edit): Promise<void> {
  await inTurn(() => changeNow(reading, edit));
  // The first is told of runs, too, and asks for nothing else.
  for (const kind of ["sources-changed", "settings-changed"] as const) reading.events.tell({ kind });
}

async function changeNow({ house }: Reading, { edit, password }: Edit): Promise<void> {
  const { settings } = house;
  const before = readConfigText(settings.file);
  try {
    const edited = edit(before);
    await withPassword(password, async () => {
      replaceConfig(settings.file, edited);
      await settings.reload();
    });
  } catch (error) {
    if (readConfigText(settings.file) !== before) replaceConfig(settings.file, before);
    if (error instanceof ConfigError)
      throw new ApiError(
        "refused",
        error.problems.map((problem) => problem.text || renderProblem(problem)).join("; "),
        {
          cause: error,
        },
      );
    if (error instanceof ConfigFileError)
      throw new ApiError("refused", "the configuration cannot be written; look at its folder and its mode", {
        cause: error,
        reason: "configuration-not-written",
      });
    throw error;
  }
}
