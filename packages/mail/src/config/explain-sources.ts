// The keys of every source, as they are in effect; secrets masked.
import { renderSecret } from "./secret.ts";
import { renderKeep } from "./source-values.ts";
import type { SourceConfig } from "./sources.ts";
import { renderDuration, renderOctets } from "./values.ts";

/** Key below `source.NAME` and its value as it would be written. What is not set is left out. */
export function sourceRows(source: SourceConfig): readonly { readonly key: string; readonly value: string }[] {
  const { fetch, server, password } = source;
  const rows: Readonly<Record<string, string | undefined>> = {
    host: quote(source.host),
    mail_domain: optional(source.mailDomain),
    protocol: source.protocol === "pop3" ? undefined : quote(source.protocol),
    remote_mailbox: optional(source.remoteMailbox),
    port: String(source.port),
    user: quote(source.user),
    password: password === undefined ? undefined : password.kind === "prompt" ? "asked for" : renderSecret(password),
    enabled: String(source.enabled),
    every: quote(renderDuration(source.everyMs)),
    tls: quote(source.tls),
    allow_cleartext: String(source.allowCleartext),
    pin: source.pins.length === 0 ? undefined : JSON.stringify(source.pins),
    ca: optional(source.caFile),
    certificate: optional(source.certificateFile),
    key: optional(source.keyFile),
    proxy: optional(source.proxy?.replace(/\/\/[^@/]*@/, "//********@")),
    timeout: source.timeoutMs === undefined ? undefined : quote(renderDuration(source.timeoutMs)),
    pipelining: quote(source.pipelining),
    "auth.mechanisms": source.mechanisms === undefined ? undefined : JSON.stringify(source.mechanisms),
    commit_every: String(source.commitEvery),
    "fetch.only": quote(fetch.only),
    "fetch.max_size": fetch.octetsMax === undefined ? undefined : quote(renderOctets(fetch.octetsMax)),
    "fetch.oversize": quote(fetch.oversize),
    "fetch.order": quote(fetch.order),
    "fetch.max_messages": fetch.messagesMax === undefined ? undefined : String(fetch.messagesMax),
    "server.keep": quote(renderKeep(server.keep)),
    "server.delete_when_deleted_locally": String(server.deleteWhenDeletedLocally),
    "server.delete_min_age": quote(server.deleteMinAgeMs === 0 ? "0" : renderDuration(server.deleteMinAgeMs)),
    "dedup.content": quote(source.dedupContent),
    "on_bad_message.after": String(source.badMessageAfter),
    filter: source.filters.length === 0 ? undefined : JSON.stringify(source.filters),
    deliver: JSON.stringify(source.destinations.map(({ to }) => to)),
  };
  return Object.entries(rows).flatMap(([key, value]) => (value === undefined ? [] : [{ key, value }]));
}

const quote = (text: string): string => JSON.stringify(text);
const optional = (text: string | undefined): string | undefined => (text === undefined ? undefined : quote(text));
