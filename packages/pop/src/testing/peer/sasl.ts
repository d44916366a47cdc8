// SASL as a scripted peer speaks it: SCRAM is the server side of this package; the rest is the smallest that is right,
// without that side's limits, since a test may want a password of any length.
import { createHmac, randomBytes } from "node:crypto";
import { deriveScramKeys, madeUpScramKeys, serverMechanisms } from "../../sasl/index.ts";
import type { Authenticator, ChannelBinding, SaslContext, SaslServerExchange, SaslStep } from "../../sasl/index.ts";
import { isRightUser, passwordOf, type PeerSession } from "./session.ts";

const REFUSED = { kind: "done", verdict: { kind: "refused" } } as const satisfies SaslStep;
const SCRAM_SALT = Buffer.from("scripted peer's salt");
const SCRAM_ITERATIONS = 4_096;
const NOTHING = new Uint8Array(0);

/** An exchange with a mechanism; undefined when there is none of this name. */
export function startExchange(
  name: string,
  session: PeerSession,
  channelBindings: readonly ChannelBinding[],
): SaslServerExchange | undefined {
  const tell = OWN[name];
  if (tell !== undefined) return exchangeOf(tell(session));
  const mechanism = serverMechanisms().find((known) => known.name === name);
  return mechanism?.start(contextOf(session, channelBindings));
}

function contextOf(session: PeerSession, channelBindings: readonly ChannelBinding[]): SaslContext {
  return {
    authenticator: authenticatorOf(session),
    peer: { address: "127.0.0.1", encrypted: session.isEncrypted, protocol: "pop3" },
    channelBindings,
    plusOffered: session.options.mechanisms?.includes("SCRAM-SHA-256-PLUS") ?? false,
  };
}

function authenticatorOf(session: PeerSession): Authenticator {
  return {
    // SCRAM asks for keys alone.
    checkPassword: () => Promise.resolve(REFUSED.verdict),
    async scramKeys(login, _peer, hash) {
      if (isRightUser(session, login)) {
        const keys = await deriveScramKeys(passwordOf(session), SCRAM_SALT, SCRAM_ITERATIONS, { hash });
        return { ...keys, owner: { account: login, login } };
      }
      return madeUpScramKeys({ login, secret: SCRAM_SALT, iterations: SCRAM_ITERATIONS, saltOctets: 20, hash });
    },
  };
}

/** Yields challenges, takes responses, returns the name that is logged in. */
type Story = Generator<Uint8Array, string | undefined, Uint8Array>;

const OWN: Readonly<Record<string, (session: PeerSession) => (initial: Uint8Array | undefined) => Story>> = {
  PLAIN: (session) =>
    function* (initial) {
      const [, name = "", password, ...more] = text(initial ?? (yield NOTHING)).split("\0");
      return more.length === 0 ? nameIfRight(session, name, password) : undefined;
    },
  LOGIN: (session) =>
    function* (initial) {
      const name = text(initial ?? (yield Buffer.from("Username:")));
      return nameIfRight(session, name, text(yield Buffer.from("Password:")));
    },
  XOAUTH2: (session) => (initial) => bearer(session, { initial, name: /^user=([^\x01]*)\x01/, end: "" }),
  OAUTHBEARER: (session) => (initial) => bearer(session, { initial, name: /^[yn],a=([^,\x01]*),\x01/, end: "\x01" }),
  EXTERNAL: () =>
    function* (initial) {
      return text(initial ?? (yield NOTHING));
    },
  "CRAM-MD5": (session) =>
    function* () {
      const challenge = `<${randomBytes(8).toString("hex")}@scripted.peer>`;
      const [, name = "", digest] = /^(.*) ([0-9a-f]{32})$/.exec(text(yield Buffer.from(challenge))) ?? [];
      const right = createHmac("md5", passwordOf(session)).update(challenge).digest("hex");
      return isRightUser(session, name) && digest === right ? name : undefined;
    },
};

function nameIfRight(session: PeerSession, name: string, password: string | undefined): string | undefined {
  return isRightUser(session, name) && password === passwordOf(session) ? name : undefined;
}

interface BearerForm {
  readonly initial: Uint8Array | undefined;
  readonly name: RegExp;
  /** How the client answers an error challenge (RFC 7628 §3.2.3 for OAUTHBEARER). */
  readonly end: string;
}

function* bearer(session: PeerSession, form: BearerForm): Story {
  const said = text(form.initial ?? (yield NOTHING));
  const name = form.name.exec(said)?.[1];
  const token = /\x01auth=Bearer ([^\x01]*)\x01/.exec(said)?.[1];
  const isRight = name !== undefined && isRightUser(session, name) && token === (session.options.token ?? "token");
  if (isRight && said.endsWith("\x01\x01")) return name;
  yield Buffer.from(JSON.stringify({ status: "invalid_token", scope: "pop" }));
  return undefined;
}

function exchangeOf(tell: (initial: Uint8Array | undefined) => Story): SaslServerExchange {
  let story: Story | undefined;
  return {
    // oxlint-disable-next-line typescript/require-await -- part of the contract
    async next(response) {
      const step = story === undefined ? (story = tell(response)).next() : story.next(response ?? NOTHING);
      if (step.done !== true) return { kind: "challenge", octets: step.value };
      if (step.value === undefined) return REFUSED;
      return { kind: "done", verdict: { kind: "accepted", account: step.value, login: step.value } };
    },
  };
}

function text(octets: Uint8Array): string {
  return Buffer.from(octets).toString("utf8");
}
