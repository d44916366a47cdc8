// Postfix pipe(8) and scripts run this: the exit code says what becomes of the message, and the first word on standard
// error is the status code of RFC 3463 that Postfix puts into a bounce.
import { fstatSync } from "node:fs";
import { argument, isSet, text, type CliCommand } from "../command.ts";
import { CliError, codeOf, reportFailure } from "../failure.ts";
import { EXIT, type ExitCode } from "../exit-codes.ts";
import { printJson, type Io } from "../io.ts";
import { withOffice } from "../reach.ts";
import { HOUSE_OPTIONS } from "../settings.ts";

export const deliver: CliCommand = {
  name: "deliver",
  summary: "put one message from standard input into the store",
  arguments: [{ name: "user", summary: "an account, a login or an address" }],
  options: {
    from: { short: "f", value: "SENDER", summary: "the envelope's sender, kept as Return-Path; <> for a bounce" },
    id: { value: "ID", summary: "names this delivery: a second one with the same id adds nothing" },
    mailbox: { value: "NAME", summary: "where to put it (default INBOX)" },
    ...HOUSE_OPTIONS,
  },
  examples: [
    "restante deliver demo < letter.eml",
    "restante deliver -f sender@example.org --id 4XyZ anna@example.org < letter.eml",
    "restante deliver --mailbox Archive anna < old.eml",
  ],
  async run(input, io) {
    const { values } = input;
    const [sender, deliveryId, mailbox] = [text(values, "from"), text(values, "id"), text(values, "mailbox")];
    try {
      refuseDirectory(io);
      const message = await notEmpty(io.stdin);
      const delivered = await withOffice({ values, io }, (office) =>
        office.send(
          "deliver",
          {
            recipient: argument(input, "user"),
            ...(sender === undefined ? {} : { sender }),
            ...(deliveryId === undefined ? {} : { deliveryId }),
            ...(mailbox === undefined ? {} : { mailbox }),
          },
          message,
        ),
      );
      if (isSet(values, "json")) printJson(io, delivered);
      return EXIT.OK;
    } catch (error) {
      return tell(error, io, isSet(values, "debug"));
    }
  },
};

/** Node reads a directory as nothing at all, which would be stored as an empty message. */
function refuseDirectory(io: Io): void {
  if (io.stdin === process.stdin && fstatSync(0).isDirectory())
    throw new CliError("usage", "standard input is a directory; give the file with the message: < letter.eml");
}

/** A pipe whose other end failed gives nothing: that is no message, and was meant to be one, which may come again. */
async function notEmpty(stdin: AsyncIterable<Uint8Array>): Promise<AsyncIterable<Uint8Array>> {
  const chunks = stdin[Symbol.asyncIterator]();
  let first = await chunks.next();
  while (first.done !== true && first.value.length === 0) first = await chunks.next();
  if (first.done === true)
    throw new CliError("no-message", "standard input is empty; give the message, say < letter.eml");
  const begin = first.value;
  return {
    async *[Symbol.asyncIterator]() {
      yield begin;
      yield* { [Symbol.asyncIterator]: () => chunks };
    },
  };
}

/** Refusals for good. Everything else is our own trouble, a wrong configuration included: 75, so that the message comes again. */
const FOR_GOOD: Readonly<Record<string, { readonly exit: ExitCode; readonly status: string }>> = {
  "no-such-user": { exit: EXIT.NOUSER, status: "5.1.1" },
  "no-such-account": { exit: EXIT.NOUSER, status: "5.1.1" },
  NO_SUCH_ACCOUNT: { exit: EXIT.NOUSER, status: "5.1.1" },
  "not-our-domain": { exit: EXIT.NOHOST, status: "5.1.2" },
  "bad-address": { exit: EXIT.USAGE, status: "5.1.3" },
  usage: { exit: EXIT.USAGE, status: "5.5.4" },
  "bad-input": { exit: EXIT.USAGE, status: "5.5.4" },
  "message-too-big": { exit: EXIT.DATAERR, status: "5.3.4" },
  "over-quota": { exit: EXIT.CANTCREAT, status: "5.2.2" },
};

const FOR_NOW: Readonly<Record<string, string>> = { OVER_QUOTA: "4.2.2", STORE_FULL: "4.3.1" };

function tell(error: unknown, io: Io, debug: boolean): ExitCode {
  const code = codeOf(error);
  const refusal = FOR_GOOD[code];
  io.stderr.write(`${refusal?.status ?? FOR_NOW[code] ?? "4.3.0"} `);
  reportFailure(error, { io, debug });
  return refusal?.exit ?? EXIT.TEMPFAIL;
}
