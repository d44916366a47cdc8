// The post office: puts store, accounts and servers together, and takes them apart again in order.
import { isDeepStrictEqual } from "node:util";
import { createPop3Server, type Limits, type Pop3Server } from "@restante/pop/server";
import { serverMechanisms } from "@restante/pop/sasl";
import { Overloaded, saslprep } from "../accounts/index.ts";
import type { Config, LimitSettings } from "../config/index.ts";
import { createLmtpServer, type LmtpServer } from "../delivery/index.ts";
import { logPopSession, type Log, type OpenLog } from "../observe/index.ts";
import { sweepImports, type ReaderMeans } from "../webmail/api/index.ts";
import { openTlsMaterial, type TlsMaterial } from "./certificate/tls-material.ts";
import { openControlSocket, type ControlServer } from "./control/server.ts";
import { prepareCollecting, type Collecting, type LiveCollecting } from "./collecting.ts";
import { openListeners, type Servers } from "./listeners.ts";
import type { LiveOffice, OfficeSession } from "./live-office.ts";
import { startMaintenance } from "./maintenance.ts";
import { openHouse, type House } from "./open-house.ts";
import type { OperationContext } from "./operations/definition.ts";
import { directCaller } from "./reach.ts";
import { ReadingRoom } from "./reading-room.ts";
import { popOptions } from "./pop-terms.ts";
import { openWriting, type Writing } from "./writing.ts";
import { reloadOffice } from "./reload.ts";
import { TurnedAway } from "./turned-away.ts";

export interface OfficeOptions extends ReaderMeans {
  readonly config: Config;
  readonly log: OpenLog;
  /** Reads the configuration again, for a reload. Throws ConfigError. */
  readonly readConfig?: () => Config;
}

export interface Office extends LiveOffice {
  readonly house: House;
  readonly collecting: LiveCollecting;
  /** Waits at most `withinMs` until the reader's lists show all that is in `account` now. */
  listed(account: string, o: { readonly withinMs: number }): Promise<void>;
  /** Lets running commands and transactions end within `withinMs`, cuts what is left, closes the store. Safe twice. */
  stop(o: { readonly withinMs: number }): Promise<void>;
}

/** Opens everything, or nothing. Throws OfficeError with what to do about it. */
export async function openOffice(options: OfficeOptions): Promise<Office> {
  const undo = new UndoList();
  try {
    return await assemble(options, undo);
  } catch (error) {
    await undo.run();
    throw error;
  }
}

async function assemble({ config, log, readConfig, ...means }: OfficeOptions, undo: UndoList): Promise<Office> {
  const house = await openHouse(config, log);
  undo.add(() => house.close());
  // The store is ours alone from here on, and nobody is let in yet.
  await sweepImports(config.dataDir).catch((error: unknown) =>
    log.error({ error }, "what is left of an import cannot be removed"),
  );
  let material = await openTlsMaterial(config, Date.now());
  const pop3 = openPop3({ config, house, log, material });
  const lmtp = openLmtp({ config, house, log });
  const current = { config };
  const context: OperationContext = {
    store: house.store,
    accounts: house.accounts,
    sorting: house.sorting,
    dataDir: config.dataDir,
    messageOctetsMax: config.limits.messageOctetsMax,
    overQuota: config.overQuota,
    get live() {
      return office;
    },
  };
  const caller = directCaller(context);
  const collecting = prepareCollecting({ config, log, caller });
  const writing = await openWriting({ house, config, log });
  undo.add(() => writing.stop({ withinMs: 0 }));
  const reload = () => office.reload();
  const room = new ReadingRoom({ house, writing, collecting, current, caller, log, reload, ...means });
  undo.add(() => room.close());
  await room.openFor(config);
  undo.add(() => room.endStreams());
  const servers = { pop3, lmtp, web: room.web };
  undo.add(() => stopServers(servers, 0));
  const listeners = await openListeners(config, servers);

  const useMaterial = (fresh: TlsMaterial): boolean => {
    const differs = !isDeepStrictEqual(fresh.shown, material.shown);
    material = fresh;
    pop3.setTls(fresh.contexts);
    return differs;
  };
  const reloading = {
    current,
    log,
    readConfig: readConfig ?? (() => current.config),
    useMaterial,
    useLimits: (limits: LimitSettings) => {
      pop3.setLimits(popLimits(limits));
      collecting.space.setFreeOctetsMin(limits.freeOctetsMin);
    },
    useSources: (sources: Config["sources"]) => collecting.use(sources),
  };
  let stopping: Promise<void> | undefined;
  const office: Office = {
    house,
    startedAt: Date.now(),
    listeners,
    get certificates() {
      return material.shown;
    },
    get collecting() {
      return collecting;
    },
    webAddress: () => room.address(listeners),
    sessions: () => sessionsOf(pop3, lmtp),
    indexHealth: () => room.indexHealth(),
    listed: (account, o) => room.listed(account, o),
    kick: (session) => pop3.kick(session),
    reload: () => reloadOffice(reloading),
    stop: ({ withinMs }) =>
      (stopping ??= closeOffice({
        withinMs,
        servers,
        control,
        maintenance,
        collecting,
        room,
        writing,
        house,
        log,
      })),
  };
  const control = await openControlSocket({ context, api: () => room.api(), log });
  const maintenance = startMaintenance({
    store: house.store,
    log,
    renewCertificate: () => renewSelfSigned({ material, config: current.config, useMaterial }),
  });
  collecting.use(config.sources);
  log.info({ listeners, pid: process.pid }, "open");
  return office;
}

/** A self-signed certificate would expire under a process that runs for years. */
async function renewSelfSigned(o: {
  readonly material: TlsMaterial;
  readonly config: Config;
  readonly useMaterial: (fresh: TlsMaterial) => boolean;
}): Promise<void> {
  if (o.material.shown.some(({ selfSigned, validTo }) => selfSigned && validTo <= Date.now()))
    o.useMaterial(await openTlsMaterial(o.config, Date.now()));
}

interface Parts {
  readonly config: Config;
  readonly house: House;
  readonly log: Log;
}

function openPop3({ config, house, log, material }: Parts & { readonly material: TlsMaterial }): Pop3Server {
  const turnedAway = new TurnedAway(log);
  return createPop3Server({
    store: house.store,
    authenticator: house.accounts.authenticator,
    // The very preparation the accounts were made with: a password they took must not be refused before they see it.
    mechanisms: serverMechanisms({
      saslprep,
      ...(config.pop.apop && { cramMd5: { hostName: config.hostName } }),
    }),
    ...popOptions(config.pop, house.accounts),
    tls: material.contexts,
    limits: popLimits(config.limits),
    observer: {
      sessionEnded: (summary) => logPopSession(log, summary),
      failed: (error, { session, while: during }) =>
        error instanceof Overloaded
          ? turnedAway.add(error.message)
          : log.error({ error, session, during }, "a session met trouble"),
    },
    implementation: "Restante",
    hostName: config.hostName,
    allowsFamilyCleartext: config.allowsFamilyCleartext,
  });
}

/** The server's own limits, from the configuration's. */
export function popLimits(limits: LimitSettings): Partial<Limits> {
  return {
    idleMs: limits.idleMs,
    authorizationMs: limits.loginMs,
    tlsHandshakeMs: limits.tlsHandshakeMs,
    saslExchangeMs: limits.saslExchangeMs,
    stallMs: limits.stallMs,
    slowestOctetsPerSecond: limits.slowestOctetsPerSecond,
    sessionMs: limits.sessionMs,
    connectionsMax: limits.connectionsMax,
    connectionsPerAddressMax: limits.connectionsPerAddressMax,
    handshakesPerSecond: limits.handshakesPerSecond,
    failedLoginsMax: limits.failedLoginsMax,
    refusalDelayMs: limits.refusalDelayMs,
    badCommandsMax: { authorization: limits.badCommandsBeforeLoginMax, transaction: limits.badCommandsMax },
  };
}

function openLmtp({ config, house, log }: Parts): LmtpServer {
  return createLmtpServer({
    store: house.sorting.store,
    accounts: house.accounts,
    hostName: config.hostName,
    limits: { messageOctetsMax: config.limits.messageOctetsMax },
    overQuota: config.overQuota,
    observer: {
      sessionEnded: (summary) => log.info({ ...summary, durationMs: Math.round(summary.durationMs) }, "session ended"),
      failed: (error, { session, while: during }) => log.error({ error, session, during }, "a delivery met trouble"),
    },
  });
}

function sessionsOf(pop3: Pop3Server, lmtp: LmtpServer): readonly OfficeSession[] {
  return [...pop3.sessions(), ...lmtp.sessions().map((session) => ({ ...session, login: undefined }))];
}

async function stopServers({ pop3, lmtp, web }: Servers, withinMs: number): Promise<void> {
  await Promise.all([pop3.stop({ withinMs }), lmtp.stop({ withinMs }), web.stop({ withinMs })]);
}

interface Closing {
  readonly withinMs: number;
  readonly servers: Servers;
  readonly control: ControlServer;
  readonly maintenance: { stop(): Promise<void> };
  readonly collecting: Collecting;
  readonly room: ReadingRoom;
  readonly writing: Writing;
  readonly house: House;
  readonly log: OpenLog;
}

/** Doors first, then the store: nothing is written to it after it closed, nothing acknowledged before is lost. */
async function closeOffice({
  withinMs,
  servers,
  control,
  maintenance,
  collecting,
  room,
  writing,
  house,
  log,
}: Closing): Promise<void> {
  log.info({ withinMs }, "stopping");
  // All of them, also when one fails: nobody may be at work in the store when it closes, and it closes whatever happens.
  const ended = await Promise.allSettled([
    room.endStreams(),
    stopServers(servers, withinMs),
    control.stop({ withinMs }),
    maintenance.stop(),
    collecting.stop({ withinMs }),
    writing.stop({ withinMs }),
  ]);
  for (const end of ended)
    if (end.status === "rejected") log.error({ error: end.reason as unknown }, "a part did not stop as it should");
  await room.close();
  await house.close();
  log.info({}, "closed");
  log.flush();
}

/** What to undo, last first, when a later step fails. */
class UndoList {
  readonly #steps: (() => Promise<void>)[] = [];

  add(step: () => Promise<void>): void {
    this.#steps.push(step);
  }

  /** One that fails keeps none of the others from being taken, and does not take the place of what went wrong first. */
  async run(): Promise<void> {
    for (const step of this.#steps.reverse()) await Promise.allSettled([step()]);
  }
}
