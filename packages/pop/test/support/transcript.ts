// Transcripts: what a client and the server say to each other, written down to be read, and played on a real socket.
//
//   # comment
//   proves P3-S-116 P3-S-130      requirements this transcript proves
//   listen 0.0.0.0                the listener's address; without this line loopback, where plaintext logins are allowed
//   speaks pop2                   the protocol, pop3 unless said
//   with last                     a command that is off unless it is asked for
//   maildrop mrose 120 200        an account with password `secret`, and messages of so many octets
//   mailbox mrose/Notes 120       another mailbox of an account
//   message mrose H: x\r\n\r\nb\r\n   one more message, octet for octet; escapes \r \n \0 \\ \xHH
//   C: DELE 1                     the client's line, CRLF behind it       c: NOOP\n   its octets, escapes as above
//   S: +OK message 1 deleted      the server's line; `+OK` and `-ERR` alone match whatever follows; {unique-id}, {any}
//   D: 120 200                    the octets of messages, and nothing around them; `D= ` octets, escapes as above
//   left mrose 200                what is in the maildrop afterwards, in octets of each message; also `left mrose/Notes`
//
// A transcript that begins with `S:` begins with the greeting; one that begins with `C:` with its first account logged in.
import { readFileSync } from "node:fs";
import { messageOf } from "./test-server.ts";

export interface Transcript {
  readonly name: string;
  /** The first comment. */
  readonly claim: string;
  readonly proves: readonly string[];
  readonly host: string;
  readonly speaks: "pop3" | "pop2" | "pop1";
  readonly speaksLast: boolean;
  readonly maildrops: Readonly<Record<string, readonly string[]>>;
  readonly mailboxes: Readonly<Record<string, readonly string[]>>;
  readonly left: Readonly<Record<string, readonly number[]>>;
  readonly turns: readonly Turn[];
}

/** What the client sends; a line, or octets, that it expects. */
export type Turn =
  | { readonly from: "C"; readonly octets: string }
  | { readonly from: "S"; readonly line: string }
  | { readonly from: "D"; readonly octets: string };

export function readTranscript(file: URL): Transcript {
  const name =
    file.pathname
      .split("/")
      .at(-1)
      ?.replace(/\.txt$/, "") ?? "";
  const lines = readFileSync(file, "utf8")
    .split("\n")
    .filter((line) => line !== "");
  const maildrops: Record<string, string[]> = {};
  const left: Record<string, number[]> = {};
  const proves: string[] = [];
  const turns: Turn[] = [];
  let claim = "";
  let host = "127.0.0.1";
  let speaks: Transcript["speaks"] = "pop3";
  let speaksLast = false;
  const mailboxes: Record<string, string[]> = {};
  for (const line of lines) {
    const [word = "", account = "", ...rest] = line.split(" ");
    if (word === "#") claim ||= line.slice(2);
    else if (word === "proves") proves.push(account, ...rest);
    else if (word === "listen") host = account;
    else if (word === "speaks" && (account === "pop2" || account === "pop1")) speaks = account;
    else if (word === "with" && account === "last") speaksLast = true;
    else if (word === "mailbox") (mailboxes[account] ??= []).push(...rest.map((octets) => messageOf(Number(octets))));
    else if (word === "maildrop") (maildrops[account] ??= []).push(...rest.map((octets) => messageOf(Number(octets))));
    else if (word === "message") (maildrops[account] ??= []).push(unescaped(rest.join(" ")));
    else if (word === "left") left[account] = rest.map(Number);
    else if (word === "C:") turns.push({ from: "C", octets: `${line.slice(3)}\r\n` });
    else if (word === "c:") turns.push({ from: "C", octets: unescaped(line.slice(3)) });
    else if (word === "S:") turns.push({ from: "S", line: line.slice(3) });
    else if (word === "D:")
      turns.push({ from: "D", octets: [account, ...rest].map((octets) => messageOf(Number(octets))).join("") });
    else if (word === "D=") turns.push({ from: "D", octets: unescaped(line.slice(3)) });
    else throw new Error(`${name}: cannot read ${JSON.stringify(line)}`);
  }
  if (turns.length === 0 || claim === "") throw new Error(`${name}: a transcript has a first comment and turns`);
  const [first = ""] = Object.keys(maildrops);
  const whole = turns[0]?.from === "S" ? turns : [...LOGINS[speaks](first), ...turns];
  return { name, claim, proves, host, speaks, speaksLast, maildrops, mailboxes, left, turns: whole };
}

const LOGINS: Readonly<Record<Transcript["speaks"], (account: string) => readonly Turn[]>> = {
  pop3: userAndPass,
  pop1: userAndPass,
  pop2: (account) => [
    { from: "S", line: "+ POP2 localhost ready" },
    { from: "C", octets: `HELO ${account} secret\r\n` },
    { from: "S", line: "#{any}" },
  ],
};

function userAndPass(account: string): readonly Turn[] {
  return [
    { from: "S", line: "+OK" },
    { from: "C", octets: `USER ${account}\r\n` },
    { from: "S", line: "+OK" },
    { from: "C", octets: "PASS secret\r\n" },
    { from: "S", line: "+OK" },
  ];
}

/** What an expected line matches. */
export function matches(expected: string, line: string): boolean {
  if (expected === "+OK" || expected === "-ERR") return line.startsWith(`${expected} `);
  const pattern = expected
    .split(/(\{unique-id\}|\{any\})/)
    .map((part) => PLACEHOLDERS[part] ?? part.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&"));
  return new RegExp(`^${pattern.join("")}$`).test(line);
}

const PLACEHOLDERS: Readonly<Record<string, string>> = { "{unique-id}": "[0-9a-z.-]{1,40}", "{any}": ".*" };

function unescaped(text: string): string {
  const plain: Readonly<Record<string, string>> = { r: "\r", n: "\n", "0": "\0", "\\": "\\" };
  return text.replace(/\\(?:x([0-9a-f]{2})|(.))/g, (_, hex: string | undefined, letter: string | undefined) => {
    if (hex !== undefined) return String.fromCharCode(Number.parseInt(hex, 16));
    const character = plain[letter ?? ""];
    if (character === undefined) throw new Error(`unknown escape \\${letter}`);
    return character;
  });
}
