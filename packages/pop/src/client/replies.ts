// From a -ERR to an error a scheduler can act on. Codes decide; texts are read only where the server has no codes.
import type { StatusLine } from "../wire/index.ts";
import type { Capabilities } from "./contract.ts";
import { Pop3Error, type Pop3ErrorCode, type Pop3Phase, type Retry } from "./errors.ts";

interface Refused {
  readonly status: StatusLine;
  readonly capabilities: Pick<Capabilities, "respCodes" | "authRespCode" | "loginDelay"> | undefined;
  readonly phase: Pop3Phase;
  readonly command?: string;
  readonly n?: number | undefined;
  readonly uniqueId?: string | undefined;
}

interface Judgement {
  readonly code: Pop3ErrorCode;
  readonly retry?: Retry;
}

const STATE_CODES: Readonly<Record<string, Pop3ErrorCode>> = {
  "IN-USE": "MAILBOX_BUSY",
  "LOGIN-DELAY": "LOGIN_DELAY",
  "SYS/TEMP": "SERVER_TEMPORARY",
  "SYS/PERM": "SERVER_PERMANENT",
  AUTH: "AUTH_REJECTED",
  UTF8: "NEEDS_UTF8",
};

/**
 * P3-C-072: what servers without codes write, first match first. "Try again" is also said to who mistyped a password,
 * and an account is blocked or locked by a person, a maildrop by a session.
 */
const TEXTS: readonly (readonly [RegExp, Pop3ErrorCode])[] = [
  [/too many|throttl|rate limit/i, "AUTH_THROTTLED"],
  [/unavailable|temporar|server (?:is )?(?:too )?busy/i, "SERVER_TEMPORARY"],
  [/(?:mailbox|maildrop|spool) .*(?:lock|in use|being used|busy)|by another/i, "MAILBOX_BUSY"],
  [/(?:invalid|incorrect|wrong|bad|unknown|no such) (?:user|login|password|credential|account)/i, "AUTH_REJECTED"],
  [
    /(?:authentication|login|logon|password|credentials?|user\w*) (?:is |was |are )?(?:fail|incorrect|invalid|wrong|denied|rejected)/i,
    "AUTH_REJECTED",
  ],
  [/account (?:is |was |has been )?(?:blocked|locked|disabled|suspended)/i, "AUTH_REJECTED"],
  [/lock|in use|busy|wait/i, "MAILBOX_BUSY"],
  [/try again|later/i, "SERVER_TEMPORARY"],
];
const NO_SUCH_MESSAGE = /no such|not exist|doesn't exist|not found|invalid message|out of range|already deleted/i;
/** "No such command" is not about the message. */
const NO_SUCH_COMMAND = /command|keyword|verb|function|implement|support/i;

/** The error of a -ERR. */
export function refusal(refused: Refused): Pop3Error {
  const { code, retry } = judge(refused);
  const delay = code === "LOGIN_DELAY" ? refused.capabilities?.loginDelay?.seconds : undefined;
  return new Pop3Error(code, {
    phase: refused.phase,
    retry,
    retryAfterMs: delay === undefined ? undefined : delay * 1_000,
    sessionUsable: refused.phase !== "greeting",
    responseCode: refused.status.responseCode,
    serverText: refused.status.text,
    command: refused.command,
    n: refused.n,
    uniqueId: refused.uniqueId,
  });
}

function judge(refused: Refused): Judgement {
  if (refused.n !== undefined) return judgeMessage(refused.status);
  const coded = STATE_CODES[refused.status.responseCode ?? ""];
  if (coded !== undefined) return { code: coded };
  if (refused.phase === "auth") return { code: judgeLogin(refused) };
  return { code: refused.phase === "greeting" ? "GREETING_REFUSED" : "COMMAND_REFUSED" };
}

/** One message that is refused is no word about the others. */
function judgeMessage({ responseCode, text }: StatusLine): Judgement {
  if (responseCode === "UTF8") return { code: "NEEDS_UTF8" };
  if (responseCode === "SYS/PERM") return { code: "MESSAGE_REFUSED", retry: "after-user-action" };
  const isAbsent = responseCode === undefined && NO_SUCH_MESSAGE.test(text) && !NO_SUCH_COMMAND.test(text);
  return { code: isAbsent ? "NO_SUCH_MESSAGE" : "MESSAGE_REFUSED" };
}

function judgeLogin({ capabilities, status }: Refused): Pop3ErrorCode {
  // RFC 3206 §6: a server that announces the code writes it on every refusal of credentials, and on nothing else.
  if (capabilities?.authRespCode === true) return "SERVER_TEMPORARY";
  if (capabilities?.respCodes === true || status.responseCode !== undefined) return "AUTH_REJECTED";
  return TEXTS.find(([text]) => text.test(status.text))?.[1] ?? "AUTH_REJECTED";
}
