// The server: listeners, the sessions they bring, one sweep for all their deadlines, and the end of it.
import { createServer, type AddressInfo, type Server, type Socket } from "node:net";
import { DEFAULT_POLICY, GREETING, greetingReply, type FamilyPolicy, type Pop3Policy } from "../wire/index.ts";
import { makeTimestamp, SERVER_MECHANISMS, type SaslServerMechanism } from "../sasl/index.ts";
import { Admission } from "./admission.ts";
import { certificatesOf, type Certificates, type ServerTls } from "./certificates.ts";
import { isLoopback, plainAddress } from "./channel.ts";
import type { ConnectionHost } from "./connection-host.ts";
import { Handshakes } from "./handshakes.ts";
import { Connection } from "./connection.ts";
import type {
  Clock,
  ListenOptions,
  Listening,
  LiveSession,
  Pop3Server,
  Pop3ServerOptions,
  Protocol,
} from "./contract.ts";
import { GENERATIONS, type Policies } from "./generations.ts";
import { departures, limitsOf, type Limits } from "./limits.ts";
import { LoginDelays } from "./login-delays.ts";
import { Reporter } from "./reporter.ts";
import { Tally, type Origin } from "./tally.ts";

const sweepMs = 1_000;
/** A short queue of connections not yet accepted makes tails of a second: the peer's SYN is sent again. */
const backlog = 4_096;
const keepAliveMs = 60_000;
/** What the system takes to close sockets that are let go. */
const closingMs = 50;
/** Node's own measure of how much a socket should hold before it says it is full. */
const highWaterOctets = 65_536;

/** Makes a server that listens nowhere yet. Throws on limits, a greeting or a certificate that cannot work. */
export function createPop3Server(options: Pop3ServerOptions): Pop3Server {
  return new NetPop3Server(options);
}

class NetPop3Server implements Pop3Server {
  readonly #limits: Limits;
  readonly #reporter: Reporter;
  readonly #policies: Policies;
  readonly #host: ConnectionHost;
  readonly #admission: Admission;
  readonly #listeners = new Set<Server>();
  readonly #connections = new Map<string, Connection>();
  /** Told apart from the sessions of every other process on the same store. */
  readonly #idPrefix = crypto.randomUUID().slice(0, 8);
  #lastId = 0;
  #certificates: Certificates | undefined;
  #sweeper: NodeJS.Timeout | undefined;
  #isStopped = false;
  #allEnded: (() => void) | undefined;

  constructor(options: Pop3ServerOptions) {
    this.#limits = limitsOf(options.limits ?? {});
    this.#reporter = new Reporter(options.observer);
    this.#admission = new Admission(this.#limits);
    if (options.tls !== undefined) this.setTls(options.tls);
    const mechanisms = options.mechanisms ?? SERVER_MECHANISMS;
    const policies = (this.#policies = {
      pop3: policyOf(options, mechanisms, this.#limits),
      family: familyPolicyOf(options, this.#limits),
    });
    const clock = clockOf(options.clock);
    this.#host = {
      store: options.store,
      authenticator: options.authenticator,
      mechanisms,
      limits: this.#limits,
      reporter: this.#reporter,
      clock,
      loginDelays: new LoginDelays(clock),
      handshakes: new Handshakes(this.#limits),
      beginSession: (protocol, channel) => GENERATIONS[protocol].begin(channel, policies),
      certificates: () => this.#certificates,
      ended: (connection) => this.#ended(connection),
    };
    for (const departure of departures(this.#limits)) this.#reporter.warned(departure);
  }

  listen(options: ListenOptions): Promise<Listening> {
    return this.#listen(options, options.generation ?? "pop3");
  }

  listenTls(options: ListenOptions): Promise<Listening> {
    if (this.#certificates === undefined) throw new Error("listenTls needs a certificate: give the server `tls`");
    return this.#listen(options, `${options.generation ?? "pop3"}s`);
  }

  sessions(): readonly LiveSession[] {
    return [...this.#connections.values()].map(({ live }) => live);
  }

  kick(session: string): boolean {
    const connection = this.#connections.get(session);
    connection?.end("kicked");
    return connection !== undefined;
  }

  setTls(tls: ServerTls): void {
    this.#certificates = certificatesOf(tls);
  }

  setLimits(limits: Partial<Limits>): void {
    // In place: sessions, admission and policy look at these two objects whenever they need a figure.
    const { commandOctetsMax, authOctetsMax, badCommandsMax, failedLoginsMax } = Object.assign(
      this.#limits,
      limitsOf(limits),
    );
    Object.assign(this.#policies.pop3, { commandOctetsMax, authOctetsMax, badCommandsMax, failedLoginsMax });
    Object.assign(this.#policies.family, { badCommandsMax, failedLoginsMax });
    for (const departure of departures(this.#limits)) this.#reporter.warned(departure);
  }

  async stop({ withinMs }: { readonly withinMs: number }): Promise<void> {
    this.#isStopped = true;
    for (const listener of this.#listeners) listener.close();
    this.#listeners.clear();
    const ended = this.#untilAllEnded();
    for (const connection of this.#connections.values()) connection.stop();
    const cancel = this.#host.clock.after(withinMs, () => {
      for (const connection of this.#connections.values()) connection.destroy("stopped");
      // A store that does not even unlock in time keeps nobody waiting.
      later(closingMs, () => this.#allEnded?.());
    });
    await ended;
    cancel();
    clearInterval(this.#sweeper);
  }

  sweep(): void {
    const now = this.#host.clock.now();
    this.#host.handshakes.sweep(now);
    for (const connection of this.#connections.values()) connection.sweep(now);
  }

  #untilAllEnded(): Promise<void> {
    if (this.#connections.size === 0) return Promise.resolve();
    return new Promise((resolve) => {
      const before = this.#allEnded;
      this.#allEnded = () => {
        before?.();
        resolve();
      };
    });
  }

  async #listen({ host, port }: ListenOptions, protocol: Protocol): Promise<Listening> {
    if (this.#isStopped) throw new Error("this server is stopped");
    const listener = createServer({
      // A client that has sent its last command may close its side before it reads the reply.
      allowHalfOpen: true,
      noDelay: true,
      keepAlive: true,
      keepAliveInitialDelay: keepAliveMs,
      highWaterMark: Math.min(highWaterOctets, this.#limits.inFlightOctetsMax - 2 * this.#limits.writeOctetsMax),
    });
    await new Promise<void>((resolve, reject) => {
      listener.once("error", reject);
      listener.listen({ host, port, backlog }, resolve);
    });
    listener.removeAllListeners("error");
    listener.on("error", (error) => this.#reporter.failed(error, { session: "", while: "accepting a connection" }));
    const { address, port: taken } = listener.address() as AddressInfo;
    const onLoopback = isLoopback(address);
    listener.on("connection", (socket: Socket) => this.#accept(socket, protocol, onLoopback));
    this.#listeners.add(listener);
    this.#sweeper ??= setInterval(() => this.sweep(), sweepMs).unref();
    return { address, port: taken };
  }

  #accept(socket: Socket, protocol: Protocol, onLoopback: boolean): void {
    const remoteAddress = plainAddress(socket.remoteAddress);
    const id = `${this.#idPrefix}-${(this.#lastId += 1).toString(36)}`;
    // Gone before it was accepted.
    if (remoteAddress === "") return void socket.destroy();
    if (!this.#admission.enter(remoteAddress)) return this.#refuse(socket, { id, protocol, remoteAddress });
    const loopback = onLoopback && isLoopback(remoteAddress);
    const options = { id, protocol, implicitTls: GENERATIONS[protocol].implicitTls, remoteAddress, loopback };
    const connection = new Connection(socket, options, this.#host);
    this.#connections.set(id, connection);
    connection.start();
  }

  /** Before TLS nothing can be said that the peer would understand, and a handshake is what costs most. */
  #refuse(socket: Socket, refused: Origin): void {
    socket.on("error", () => socket.destroy());
    const { implicitTls, refusal } = GENERATIONS[refused.protocol];
    if (!implicitTls) socket.end(refusal);
    socket.destroySoon();
    const tally = new Tally();
    tally.because("too-many-connections");
    this.#reporter.sessionEnded(tally.summary(refused, {}));
  }

  #ended(connection: Connection): void {
    this.#admission.leave(connection.options.remoteAddress);
    this.#connections.delete(connection.options.id);
    if (this.#connections.size === 0) this.#allEnded?.();
  }
}

function policyOf(options: Pop3ServerOptions, mechanisms: readonly SaslServerMechanism[], limits: Limits): Pop3Policy {
  const { commandOctetsMax, authOctetsMax, badCommandsMax, failedLoginsMax } = limits;
  const implementation = options.implementation ?? DEFAULT_POLICY.implementation;
  const greeting = options.greeting === undefined ? GREETING : greetingReply(options.greeting);
  const { internationalised, language, speaksLast, siteTerms, hostName = "localhost" } = options;
  if (options.apop === true && options.authenticator.sharedSecret === undefined) {
    throw new TypeError("apop needs an authenticator with sharedSecret: nobody could log in by it");
  }
  return {
    mechanisms,
    commandOctetsMax,
    authOctetsMax,
    badCommandsMax,
    failedLoginsMax,
    implementation,
    greeting,
    ...(internationalised !== undefined && { internationalised }),
    ...(language !== undefined && { language }),
    ...(speaksLast !== undefined && { speaksLast }),
    ...(siteTerms !== undefined && { siteTerms }),
    ...(options.apop === true && { makeTimestamp: () => makeTimestamp(hostName) }),
  };
}

function familyPolicyOf(options: Pop3ServerOptions, { badCommandsMax, failedLoginsMax }: Limits): FamilyPolicy {
  const { hostName = "localhost", allowsFamilyCleartext = false } = options;
  return { hostName, allowsCleartext: allowsFamilyCleartext, badCommandsMax, failedLoginsMax };
}

function clockOf(clock: Clock | undefined): Required<Clock> {
  return {
    now: () => clock?.now() ?? performance.now(),
    after: (ms, callback) => clock?.after?.(ms, callback) ?? later(ms, callback),
  };
}

function later(ms: number, callback: () => void): () => void {
  const timer = setTimeout(callback, ms);
  return () => clearTimeout(timer);
}
