import { exportMail, openTarget } from "../../delivery/index.ts";
import { renderOctets } from "../../observe/index.ts";
import { mailForExport } from "../../office/index.ts";
import { argument, isSet, texts, type CliCommand } from "../command.ts";
import { EXIT } from "../exit-codes.ts";
import { CliError } from "../failure.ts";
import { printJson, printLine, warn } from "../io.ts";
import { FORMATS, mailFormat, requiredAccount } from "../mail-options.ts";
import { Progress } from "../progress.ts";
import { withOffice } from "../reach.ts";
import { HOUSE_OPTIONS } from "../settings.ts";

export const exportCommand: CliCommand = {
  name: "export",
  summary: "write an account's mail as a Maildir, mbox files or .eml files; what is there already is passed over",
  arguments: [{ name: "directory", summary: "where to; made when it is not there", completes: "directory" }],
  options: {
    account: { short: "a", value: "NAME", summary: "whose mail" },
    format: { value: "FORMAT", summary: "maildir (default), mbox or eml", completes: FORMATS },
    mailbox: { value: "NAME", repeatable: true, summary: "only this mailbox; may be given several times" },
    ...HOUSE_OPTIONS,
  },
  examples: [
    "restante export --account anna ~/anna-mail",
    "restante export --account anna --format mbox --mailbox INBOX ./backup",
  ],
  async run(input, io) {
    const { values } = input;
    const name = requiredAccount(values, "export");
    const { format = "maildir" } = mailFormat(values);
    const mailboxes = texts(values, "mailbox");
    const progress = new Progress(io);
    const summary = await withOffice({ values, io }, async (office) => {
      const account = (await office.call("account.list", {})).find(
        (candidate) => candidate.name === name.toLowerCase(),
      );
      if (account === undefined)
        throw new CliError(
          "no-such-account",
          `there is no account ${JSON.stringify(name)}; restante account list shows those there are`,
        );
      const path = argument(input, "directory");
      return writing(path, async () =>
        exportMail({
          store: mailForExport(office, account),
          account: name,
          target: await openTarget({ path, format }),
          ...(mailboxes.length === 0 ? {} : { mailboxes }),
          onProgress: ({ done, total, alreadyThere }) =>
            progress.show(
              `exporting: ${done} of ${total} messages${alreadyThere === 0 ? "" : `, ${alreadyThere} there already`}`,
            ),
        }),
      );
    }).finally(() => progress.clear());
    // A name that was mistyped and a mailbox that is empty look the same here.
    if (mailboxes.length > 0 && summary.written + summary.alreadyThere === 0)
      warn(io, `warning: ${name} has no mail in ${mailboxes.join(", ")}; names are told apart by case`);
    if (isSet(values, "json")) printJson(io, summary);
    else
      printLine(
        io,
        `${name}: ${summary.written} written (${renderOctets(summary.octets)}), ${summary.alreadyThere} there already.`,
      );
    return EXIT.OK;
  },
};

/** What the system refuses is told of the directory the person gave. */
async function writing<T>(path: string, run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (cause) {
    const { code, syscall } = cause as NodeJS.ErrnoException;
    if (syscall === undefined) throw cause;
    throw new CliError(
      "no-target",
      `${path} cannot be written (${String(code)}); make room or choose another directory, and run it again: what is there is passed over`,
      { cause },
    );
  }
}
