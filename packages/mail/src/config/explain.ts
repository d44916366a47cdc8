// Every key with its effective value and where that comes from; secrets masked.
import type { Loaded } from "./load.ts";
import { sourceRows } from "./explain-sources.ts";
import { renderOrigin } from "./problem.ts";
import { aboutOf, keysOf, type Settings } from "./schema.ts";
import { renderSecret, type Secret } from "./secret.ts";
import type { SourceConfig } from "./sources.ts";
import {
  renderDuration,
  renderListenAddress,
  renderOctets,
  renderPopDelete,
  type ListenAddress,
  type PopDeletePolicy,
} from "./values.ts";
import { variableOf } from "./environment.ts";

export interface ExplainedKey {
  readonly key: string;
  /** As it would be written in the file; a secret is masked. */
  readonly value: string;
  /** "default", `file:line:column`, or the name of a variable or flag. */
  readonly from: string;
  readonly variable: string;
  readonly about: string;
}

/** Rows in the order of the schema, then those of every further certificate and of every source. */
export function explain(loaded: Loaded): readonly ExplainedKey[] {
  return [
    ...explainKeys(loaded),
    ...explainCertificates(loaded),
    ...loaded.config.sources.flatMap((source) => explainSource(loaded, source)),
  ];
}

function explainCertificates({ settings, originOf }: Loaded): readonly ExplainedKey[] {
  return settings.tls.sni.flatMap(({ certificate, key, key_passphrase: passphrase }, index) =>
    Object.entries({
      certificate: JSON.stringify(certificate),
      key: JSON.stringify(key),
      ...(passphrase !== undefined && { key_passphrase: renderSecret(passphrase) }),
    }).map(([leaf, value]) => ({
      key: `tls.sni.${leaf}`,
      value,
      from: renderOrigin(originOf(`tls.sni.${index}.${leaf}`)),
      variable: "",
      about: aboutOf(["tls", "sni", index, leaf]),
    })),
  );
}

function explainSource(loaded: Loaded, source: SourceConfig): readonly ExplainedKey[] {
  return sourceRows(source).map(({ key, value }) => ({
    key: `source.${source.name}.${key}`,
    value,
    from: sourceOrigin(loaded, ["source", source.name], key.split(".")),
    variable: "",
    about: aboutOf(["source", source.name, ...key.split(".")]),
  }));
}

/** The source's own table, then [defaults], then the program. */
function sourceOrigin({ originOf, settings }: Loaded, table: readonly string[], key: readonly string[]): string {
  const written = [
    [...table, ...key],
    ["defaults", ...key],
  ].find((path) => valueAt(settings, path) !== undefined);
  return (written === undefined ? "" : renderOrigin(originOf(written.join(".")))) || "default";
}

function explainKeys(loaded: Loaded): readonly ExplainedKey[] {
  return keysOf().map(({ key, path, schema }) => ({
    key,
    value: renderValue(key, valueAt(loaded.settings, path)),
    from: renderOrigin(loaded.originOf(key)) || "default",
    variable: variableOf(path),
    about: schema.description ?? "",
  }));
}

function valueAt(settings: Settings, path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (value, part) => (value as Readonly<Record<string, unknown>> | undefined)?.[part],
    settings,
  );
}

const DURATIONS: ReadonlySet<string> = new Set(
  ["idle", "login", "tls_handshake", "sasl_exchange", "stall", "session", "refusal_delay"]
    .map((name) => `limits.${name}`)
    .concat("pop.login_delay"),
);

const OCTETS: ReadonlySet<string> = new Set(["limits.message", "limits.free_space"]);

function renderValue(key: string, value: unknown): string {
  if (value === undefined) return "(not set)";
  if (key === "tls.key_passphrase") return renderSecret(value as Secret);
  if (key === "pop_delete") return JSON.stringify(renderPopDelete(value as PopDeletePolicy));
  if (OCTETS.has(key)) return JSON.stringify(renderOctets(value as number));
  if (DURATIONS.has(key)) return JSON.stringify(renderDuration(value as number));
  if (key.startsWith("listen.")) return renderListeners(value as readonly ListenAddress[]);
  return JSON.stringify(value);
}

function renderListeners(list: readonly ListenAddress[]): string {
  const texts = list.map((address) => JSON.stringify(renderListenAddress(address)));
  if (texts.length === 0) return '"off"';
  return texts.length === 1 ? (texts[0] ?? "") : `[${texts.join(", ")}]`;
}
