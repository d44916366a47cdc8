// A post office that collects from a scripted server: four small letters, and a large one of which the header alone comes.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { after, before } from "node:test";
import { scriptedPeer, type ScriptedPeer } from "@restante/pop/testing";
import { loadConfig } from "../../../src/config/index.ts";
import { temporaryDirectory } from "../../office/test-office.ts";
import { openEvents } from "./event-stream.ts";
import { openReaderOffice, type ReaderOffice } from "./reader-office.ts";

export const letter = (n: number, lines = 1): string =>
  `From: Pat <pat@studio.example>\r\nDate: Mon, ${n} Jun 2026 10:00:00 +0000\r\nSubject: m${n}\r\nMessage-ID: <${n}@peer>\r\n\r\n${`Text of ${n}.\r\n`.repeat(lines)}`;
export const SMALL = [1, 2, 3, 4].map((n) => letter(n));
export const LARGE = letter(5, 1_000);

export interface CollectingHouse {
  readonly peer: ScriptedPeer;
  readonly office: ReaderOffice;
  readonly anna: string;
  readonly directory: string;
  /** The configuration, which is read again when it is told to. */
  readonly file: string;
}

/** Opens one when the source "peer" has run once. */
export async function openHouse(): Promise<CollectingHouse & { close(): Promise<void> }> {
  const directory = temporaryDirectory();
  const file = join(directory.path, "restante.toml");
  const peer = await scriptedPeer({ messages: [...SMALL, LARGE] });
  const defaults = {
    data: directory.path,
    host_name: "mail.example.org",
    "listen.web": "127.0.0.1:0",
    pop_delete: "trash 30d",
  };
  const readConfig = () => loadConfig({ defaults, ...(existsSync(file) ? { file } : {}) }).config;
  const office = await openReaderOffice({ dataDir: directory.path, readConfig });
  const anna = await office.account("anna");
  const ended = runEnded(office);
  await addSource(office, "peer", peer.port, 2_048);
  await ended;
  const close = async (): Promise<void> => {
    await office.stop();
    await peer.close();
    directory.remove();
  };
  return { peer, office, anna, directory: directory.path, file, close };
}

/** Opens one before the first test of a file, and closes it after the last. */
export function setUpHouse(opened: (house: CollectingHouse) => void): void {
  let house: Awaited<ReturnType<typeof openHouse>>;
  before(async () => {
    house = await openHouse();
    opened(house);
  });
  after(() => house.close());
}

/** Resolves when a run of a source has ended. */
export function runEnded(office: ReaderOffice, source = "peer"): Promise<void> {
  return new Promise((resolve) => {
    const unlisten = office.house.office.collecting.listen((event) => {
      if (event.source !== source || event.kind !== "finished") return;
      unlisten();
      resolve();
    });
  });
}

/** Looks again at each event the reader is told, until it is so. */
export async function eventually<T>(office: ReaderOffice, look: () => Promise<T | undefined>): Promise<T> {
  const stream = await openEvents(office);
  try {
    for (;;) {
      const found = await look();
      if (found !== undefined) return found;
      await stream.next();
    }
  } finally {
    stream.close();
  }
}

/** A source that keeps everything on its server. */
export async function addSource(
  office: ReaderOffice,
  name: string,
  port: number,
  octetsMax: number | null = null,
): Promise<void> {
  await office.ask("addSource", {
    name,
    account: "anna",
    host: "127.0.0.1",
    port,
    tls: "none",
    user: "anna",
    password: "secret",
    keep: { kind: "forever" },
    first: { kind: "everything" },
    octetsMax,
  });
}

/** Adds a source that keeps everything on its server, and waits for its first run. */
export async function collectAll(office: ReaderOffice, name: string, port: number): Promise<void> {
  const ended = runEnded(office, name);
  await addSource(office, name, port);
  await ended;
}
