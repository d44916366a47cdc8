// A peer with mail, and a data directory of its own that collects it by `restante fetch`.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { scriptedPeer, type ScriptedPeer, type ScriptedPeerOptions } from "@restante/pop/testing";
import { here, inDirectory, type Ended } from "./command-line.ts";

export const LETTERS = [1, 2, 3].map((n) => `Subject: letter ${n}\r\n\r\n.dot ${n}\r\n`);
export const MESSAGES = LETTERS.map((octets, index) => ({ octets, uniqueId: `id-${index + 1}` }));

export interface House {
  /** Everything is in it. */
  readonly directory: string;
  readonly data: string;
  readonly maildir: string;
  readonly file: string;
  /** `restante fetch ARGS -c FILE --data DIR`. */
  fetch(...args: readonly string[]): Promise<Ended>;
  /** Of the Maildir, CRLF line ends, sorted. */
  arrived(): readonly string[];
  left(): readonly (string | null)[];
  commands(): readonly string[];
  readonly peer: ScriptedPeer;
}

export interface SourceHouseOptions extends ScriptedPeerOptions {
  /** More lines of the source. */
  readonly lines?: readonly string[];
  /** More tables of the file. */
  readonly tables?: string;
  /** Where the mail goes, for the directory of all this; into `maildir` unless given. */
  readonly to?: (directory: string) => string;
}

/** What the source's password is read from. */
export const SOURCE_ENV = { WORK_PASSWORD: "secret" } as const;

/** A peer with mail, and a configuration that collects it as the source `work` into a Maildir. */
export async function withSource(o: SourceHouseOptions, body: (house: House) => Promise<void>): Promise<void> {
  const { lines = [], tables = "", to, ...options } = o;
  await using peer = await scriptedPeer({ messages: MESSAGES, ...options });
  await inDirectory(async (directory) => {
    const [file, data, maildir] = [join(directory, "r.toml"), join(directory, "data"), join(directory, "Maildir")];
    const source = [
      "# mine",
      "[source.work]",
      'host = "127.0.0.1"',
      `port = ${peer.port}`,
      'tls = "none"',
      'user = "anna"',
      'password = { env = "WORK_PASSWORD" }',
      ...lines,
      "[[source.work.deliver]]",
      `to = ${JSON.stringify(to?.(directory) ?? `maildir:${maildir}`)}`,
    ];
    writeFileSync(file, `${source.join("\n")}\n${tables}`, { mode: 0o600 });
    const texts = (folder: string): readonly string[] =>
      readdirSync(join(maildir, folder)).map((name) => readFileSync(join(maildir, folder, name), "latin1"));
    await body({
      directory,
      data,
      maildir,
      file,
      fetch: (command = "", ...args) =>
        here(["fetch", command, ...args, "-c", file, "--data", data], { env: SOURCE_ENV }),
      arrived: () =>
        texts("new")
          .map((text) => text.replaceAll(/\r?\n/g, "\r\n"))
          .sort(),
      left: () => peer.maildrop.messages.map(({ uniqueId }) => uniqueId),
      commands: () => peer.commands,
      peer,
    });
  });
}
