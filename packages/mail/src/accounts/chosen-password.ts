// Passwords people choose: what is asked of them, and argon2id (RFC 9106) to make guessing them dear.
import { randomBytes } from "node:crypto";
import { AccountError } from "./contract.ts";
import { prepareToStore } from "./preparation.ts";

/** Cost of one hash. */
export interface HashCost {
  readonly memoryKiB: number;
  readonly passes: number;
  readonly lanes: number;
}

/** RFC 9106 §4, second recommendation (64 MiB, three passes), in one lane so that a check takes one core: 58 ms of it where this was measured. */
export const HASH_COST: HashCost = { memoryKiB: 65_536, passes: 3, lanes: 1 };

const LETTERS_MIN = 12;
const DISTINCT_LETTERS_MIN = 5;
/** `PASS ` and a CRLF beside it fill a command line of 255 octets, the most an older client sends (RFC 2449 §4). */
const OCTETS_MAX = 248;

/** The prepared form of a password somebody chose. Throws AccountError `bad-password` saying what would do. */
export function acceptChosen(password: string, login: string): string {
  const prepared = prepareOrRefuse(password);
  const letters = [...prepared];
  const complaint = RULES.find((rule) => rule.broken({ prepared, letters, login }))?.complaint;
  if (complaint !== undefined) throw new AccountError("bad-password", complaint);
  return prepared;
}

interface Candidate {
  readonly prepared: string;
  readonly letters: readonly string[];
  readonly login: string;
}

const RULES: readonly { readonly broken: (candidate: Candidate) => boolean; readonly complaint: string }[] = [
  {
    broken: ({ letters }) => letters.length < LETTERS_MIN,
    complaint: `the password is too short: use at least ${LETTERS_MIN} characters, or let one be generated`,
  },
  {
    broken: ({ prepared }) => Buffer.byteLength(prepared) > OCTETS_MAX,
    complaint: `the password is too long: use at most ${OCTETS_MAX} octets, older mail programs send no more`,
  },
  {
    broken: ({ prepared }) => prepared !== prepared.trim(),
    complaint: "the password begins or ends with a space, which some mail programs cut off: leave it out",
  },
  {
    broken: ({ letters }) => new Set(letters).size < DISTINCT_LETTERS_MIN,
    complaint: `the password repeats too few characters: use at least ${DISTINCT_LETTERS_MIN} different ones`,
  },
  {
    broken: ({ prepared }) => /^(.+)\1+$/su.test(prepared),
    complaint: "the password is one piece written several times: write something longer instead",
  },
  {
    broken: ({ letters }) => isRun(letters),
    complaint: "the password is a plain run of characters like abcdef or 123456: mix them",
  },
  {
    broken: ({ prepared, login }) => leftWithout(prepared, login).length < LETTERS_MIN / 2,
    complaint: "the password is little more than the login name: leave the name out",
  },
];

/** A PHC string of nobody's password: checking against it costs what a true check costs and never succeeds. */
export function nobodysVerifier(cost: HashCost): string {
  const base64 = (octets: number): string => randomBytes(octets).toString("base64").replaceAll("=", "");
  return `$argon2id$v=19$m=${cost.memoryKiB},t=${cost.passes},p=${cost.lanes}$${base64(16)}$${base64(32)}`;
}

export function isChosenVerifier(verifier: string): boolean {
  return verifier.startsWith("$argon2id$");
}

function prepareOrRefuse(password: string): string {
  try {
    return prepareToStore(password);
  } catch (error) {
    throw new AccountError(
      "bad-password",
      "the password holds a character that mail programs do not all send alike (RFC 4013): " +
        "use letters, digits, spaces and punctuation",
      { cause: error },
    );
  }
}

/** Nearly every character is the neighbour of the one before it: `abcdef`, `98765`. */
function isRun(letters: readonly string[]): boolean {
  const steps = letters.slice(1).map((letter, i) => (letter.codePointAt(0) ?? 0) - (letters[i]?.codePointAt(0) ?? 0));
  return steps.filter((step) => Math.abs(step) === 1).length >= steps.length * 0.8;
}

function leftWithout(password: string, login: string): string {
  return password.toLowerCase().replaceAll(login, "");
}
