// Who may log in. Every refusal costs the same slow hash, whether the login is unknown or disabled, or its password of
// either kind is wrong; an acceptance costs it only for a chosen password that was not accepted within the last hour.
import type {
  Authenticator,
  LoginOwner,
  PeerInfo,
  ScramHash,
  ScramKeys,
  SharedSecret,
  Verdict,
} from "@restante/pop/sasl";
import type { Admission } from "./admission.ts";
import { fakeApopSecret, openApopSecret } from "./apop-secret.ts";
import { isChosenVerifier } from "./chosen-password.ts";
import { findLogin, type KnownLogin } from "./find-login.ts";
import { isGeneratedVerifier, matchesGenerated } from "./generated-password.ts";
import type { PasswordHasher } from "./hash-threads.ts";
import type { HouseKey } from "./key-file.ts";
import { prepare } from "./preparation.ts";
import type { Register } from "./recipient.ts";
import { fakeScramKeys, readScramKeys } from "./scram-keys.ts";
import type { VerificationCache, Verified } from "./verification-cache.ts";

export interface VerificationOptions {
  readonly register: Register;
  readonly key: HouseKey;
  readonly hasher: PasswordHasher;
  readonly cache: VerificationCache;
  readonly admission: Admission;
  /** Checked when there is nothing to check: as dear as a true one, and nobody's. */
  readonly nobodysVerifier: string;
  readonly terms?: Omit<NonNullable<LoginOwner["terms"]>, "expireDays">;
  /** How long one attempt may wait for its slow check in all. Two seconds unless said otherwise. */
  readonly patience?: () => AbortSignal;
}

/** One attempt, with everything about it looked up. */
interface Attempt {
  /** As typed, for the count of different wrong passwords. */
  readonly typed: { readonly login: string; readonly password: string };
  /** Undefined when nobody has this login, or it or its account is disabled. */
  readonly usable: KnownLogin | undefined;
  /** Whose verifier is worth a slow check; also of a disabled login. */
  readonly known: KnownLogin | undefined;
  /** Undefined for a password that nobody can have. */
  readonly password: string | undefined;
}

const PATIENCE_MS = 2_000;

export function createAuthenticator(options: VerificationOptions): Authenticator {
  return {
    async checkPassword(login, password, peer) {
      try {
        const attempt = lookUp(options, { login, password });
        const { usable } = attempt;
        const right = isKnownToBeRight(options, attempt) || (await checkSlowly(options, attempt, peer));
        // RFC 1939 §13: whoever has a shared secret shows no password, or the secret's protection is worth nothing.
        const mayShow = usable?.apopSecret === undefined || !peer.protocol.startsWith("pop");
        return right && usable !== undefined && mayShow ? accepted(options, usable) : { kind: "refused" };
      } catch (cause) {
        return { kind: "unavailable", cause };
      }
    },
    async scramKeys(login, _peer, hash) {
      return scramKeysOf(options, login, hash);
    },
    async sharedSecret(login) {
      return sharedSecretOf(options, login);
    },
  };
}

function lookUp(o: VerificationOptions, typed: Attempt["typed"]): Attempt {
  const { known } = findLogin(o.register, typed.login);
  const usable = known === undefined || known.disabled || known.accountDisabled ? undefined : known;
  return { typed, known, usable, password: prepare(typed.password) };
}

/** What can be told in microseconds: that a generated password is right, or that this chosen one was not long ago. */
function isKnownToBeRight(o: VerificationOptions, attempt: Attempt): boolean {
  const { known, usable } = attempt;
  const login = known ?? { ...NOBODY, verifier: o.nobodysVerifier };
  const password = attempt.password ?? "";
  const right = isGeneratedVerifier(login.verifier)
    ? matchesGenerated(o.key, { verifier: login.verifier, login: login.login, password })
    : o.cache.has(verifiedOf(login, password));
  return right && usable !== undefined && attempt.password !== undefined;
}

const NOBODY = { account: "", login: "", credentialVersion: 0 };

async function checkSlowly(o: VerificationOptions, attempt: Attempt, peer: PeerInfo): Promise<boolean> {
  const patience = o.patience?.() ?? AbortSignal.timeout(PATIENCE_MS);
  const admitted = await o.admission.enter(peer.address, patience);
  try {
    const right = await slowAnswer(o, attempt, patience);
    if (!right) admitted.refused(attempt.typed.login, attempt.typed.password);
    return right;
  } finally {
    admitted.end();
  }
}

/** One slow check in every case; only that of a usable login with a chosen password can say yes. */
async function slowAnswer(o: VerificationOptions, attempt: Attempt, patience: AbortSignal): Promise<boolean> {
  const { known, usable } = attempt;
  const password = attempt.password ?? "";
  const chosen = known !== undefined && !isGeneratedVerifier(known.verifier) ? known.verifier : undefined;
  if (chosen !== undefined && !isChosenVerifier(chosen)) {
    throw new Error(
      `the verifier of login ${known?.login} is of a kind this version does not know: give it a new password`,
    );
  }
  const matches = await o.hasher.verify({ verifier: chosen ?? o.nobodysVerifier, password }, patience);
  if (!matches || chosen === undefined || usable === undefined || attempt.password === undefined) return false;
  if (!isUnchanged(o, usable)) return false;
  o.cache.add(verifiedOf(usable, password));
  return true;
}

/** Nothing that decides the login changed while the password was checked. */
function isUnchanged(o: VerificationOptions, before: KnownLogin): boolean {
  const now = o.register.directory.login(before.login);
  return (
    now !== undefined &&
    now.account === before.account &&
    now.verifier === before.verifier &&
    now.credentialVersion === before.credentialVersion &&
    !now.disabled &&
    !now.accountDisabled
  );
}

function verifiedOf(login: Omit<Verified, "password">, password: string): Verified {
  const { account, credentialVersion, verifier } = login;
  return { account, login: login.login, credentialVersion, verifier, password };
}

function accepted(o: VerificationOptions, login: KnownLogin): Verdict {
  return { kind: "accepted", ...ownerOf(o, login) };
}

function ownerOf({ terms }: VerificationOptions, { account, login, expireDays }: KnownLogin): LoginOwner {
  return { account, login, ...(terms !== undefined && { terms: { ...terms, expireDays } }) };
}

/** A login that has none, or is disabled, fails like one whose secret is another. */
function sharedSecretOf(o: VerificationOptions, text: string): SharedSecret {
  const { name, known } = findLogin(o.register, text);
  if (known?.apopSecret === undefined) return { secret: fakeApopSecret(o.key, name), owner: undefined };
  const secret = openApopSecret(o.key, { login: known.login, sealed: known.apopSecret });
  return { secret, owner: known.disabled || known.accountDisabled ? undefined : ownerOf(o, known) };
}

/** A disabled login shows the salt it always had, and belongs to nobody: the exchange fails at its end. */
function scramKeysOf(o: VerificationOptions, text: string, hash: ScramHash): ScramKeys {
  const { name, known } = findLogin(o.register, text);
  const fake = fakeScramKeys(o.key, name, hash);
  if (known?.scram === undefined) return fake;
  const owner = known.disabled || known.accountDisabled ? undefined : ownerOf(o, known);
  return readScramKeys(known.scram, { owner, hash }) ?? fake;
}
