// Changes single keys of a source in the text of a configuration; comments and all other lines stay as they are.
import { parse } from "smol-toml";
import { renderKeep, type KeepPolicy } from "./source-values.ts";
import { loadTomlPatch } from "./toml-patch.ts";
import { renderDuration } from "./values.ts";

export interface SourceChange {
  readonly keep?: KeepPolicy;
  readonly deleteWhenDeletedLocally?: boolean;
  readonly everyMs?: number;
  readonly enabled?: boolean;
  /** Trusted beside what is written already. Null: whatever [defaults] say, it is trusted by issuer and name. */
  readonly pin?: string | null;
  /** A path, as it is to be written. */
  readonly passwordFile?: string;
}

type Table = Record<string, unknown>;

/** The document with the change; undefined when the source is not in it. Whoever writes it checks it as a whole. */
export function changeSource(document: string, name: string, change: SourceChange): string | undefined {
  return edited(document, name, (sources, source, data) => {
    const server: Table = {
      ...(source["server"] as Table | undefined),
      ...(change.keep === undefined ? {} : { keep: renderKeep(change.keep) }),
      ...(change.deleteWhenDeletedLocally === undefined
        ? {}
        : { delete_when_deleted_locally: change.deleteWhenDeletedLocally }),
    };
    const changed: Table = {
      ...source,
      ...(change.everyMs === undefined ? {} : { every: renderDuration(change.everyMs) }),
      ...(change.enabled === undefined ? {} : { enabled: change.enabled }),
      ...(typeof change.pin === "string" ? { pin: withPin(source["pin"], change.pin) } : {}),
      ...(change.passwordFile === undefined ? {} : { password: { file: change.passwordFile } }),
      ...(Object.keys(server).length === 0 ? {} : { server }),
    };
    if (change.pin === null) unpin(changed, data);
    sources[name] = changed;
  });
}

/** One may stand without a list. */
function withPin(written: unknown, pin: string): readonly unknown[] {
  return [...new Set([written ?? []].flat().concat(pin))];
}

function unpin(source: Table, data: Table): void {
  delete source["pin"];
  if ((data["defaults"] as Table | undefined)?.["pin"] !== undefined) source["pin"] = [];
}

/** The document without the source; undefined when it is not in it. */
export function removeSource(document: string, name: string): string | undefined {
  return edited(document, name, (sources, _, data) => {
    delete sources[name];
    if (Object.keys(sources).length === 0) delete data["source"];
  });
}

function edited(
  document: string,
  name: string,
  edit: (sources: Table, source: Table, data: Table) => void,
): string | undefined {
  const data: Table = parse(document);
  const sources = data["source"] as Table | undefined;
  const source = sources !== undefined && Object.hasOwn(sources, name) ? (sources[name] as Table) : undefined;
  if (sources === undefined || source === undefined) return undefined;
  edit(sources, source, data);
  return loadTomlPatch().patch(document, data);
}
