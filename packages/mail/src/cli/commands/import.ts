import { openSource, type ImportProgress, type MailFormat } from "../../delivery/index.ts";
import { renderOctets } from "../../observe/index.ts";
import { encodeSource } from "../../office/index.ts";
import { argument, isSet, text, type CliCommand, type OptionValues } from "../command.ts";
import { EXIT } from "../exit-codes.ts";
import { CliError } from "../failure.ts";
import { printJson, printLine, warn } from "../io.ts";
import { FORMATS, mailFormat, requiredAccount } from "../mail-options.ts";
import { Progress } from "../progress.ts";
import { withOffice } from "../reach.ts";
import { HOUSE_OPTIONS } from "../settings.ts";

const QUOTINGS = ["mboxrd", "mboxo", "none"] as const;
const FAILURES_TOLD = 20;

export const importCommand: CliCommand = {
  name: "import",
  summary: "bring a Maildir, an mbox or a folder of .eml files into an account; what is there already is passed over",
  arguments: [{ name: "path", summary: "the Maildir, the mbox file, or the folder", completes: "file" }],
  options: {
    account: { short: "a", value: "NAME", summary: "whose mail it becomes" },
    format: {
      value: "FORMAT",
      summary: "maildir, mbox or eml; guessed from the path unless given",
      completes: FORMATS,
    },
    mailbox: { value: "NAME", summary: "where the messages go (default INBOX)" },
    quoting: {
      value: "KIND",
      summary: 'mbox: which lines lose a ">": mboxrd (default), mboxo or none',
      completes: QUOTINGS,
    },
    ...HOUSE_OPTIONS,
  },
  examples: [
    "restante import --account anna ~/Maildir",
    "restante import --account anna --format mbox --mailbox Archive old.mbox",
  ],
  async run(input, io) {
    const { values } = input;
    const name = requiredAccount(values, "import");
    const source = await openSource({ path: argument(input, "path"), ...sourceOptions(values) });
    const progress = new Progress(io);
    const summary = await withOffice({ values, io }, async (office) => {
      for await (const row of office.sendForRows("import", { name }, encodeSource(source))) {
        if ("summary" in row) return row.summary;
        progress.show(describe(row.progress));
      }
      throw new CliError("no-answer", "the import ended without a summary; run it again, it goes on where it was");
    }).finally(() => progress.clear());
    for (const { name: where, reason } of summary.failures.slice(0, FAILURES_TOLD))
      warn(io, `left out ${where}: ${reason}`);
    if (summary.failures.length > FAILURES_TOLD)
      warn(io, `left out ${summary.failed - FAILURES_TOLD} more; --json lists them`);
    if (isSet(values, "json")) printJson(io, summary);
    else
      printLine(
        io,
        `${name}: ${summary.added} added (${renderOctets(summary.octets)}), ${summary.alreadyThere} there already, ${summary.failed} left out.`,
      );
    return summary.failed > 0 ? EXIT.DATAERR : EXIT.OK;
  },
};

function sourceOptions(values: OptionValues): {
  readonly format?: MailFormat;
  readonly mailbox?: string;
  readonly quoting?: (typeof QUOTINGS)[number];
} {
  const mailbox = text(values, "mailbox");
  if (mailbox !== undefined && (mailbox === "" || Buffer.byteLength(mailbox) > 255 || /\p{Cc}/u.test(mailbox)))
    throw new CliError("usage", "--mailbox takes a name of 1 to 255 octets without control characters");
  const written = text(values, "quoting");
  const quoting = QUOTINGS.find((kind) => kind === written);
  if (written !== undefined && quoting === undefined)
    throw new CliError("usage", `--quoting ${written} is unknown; write one of ${QUOTINGS.join(", ")}`);
  return {
    ...mailFormat(values),
    ...(mailbox === undefined ? {} : { mailbox }),
    ...(quoting === undefined ? {} : { quoting }),
  };
}

function describe({ unit, done, total, added, alreadyThere, failed }: ImportProgress): string {
  const share =
    total === 0 ? "" : ` of ${unit === "octets" ? renderOctets(total) : total} (${Math.floor((100 * done) / total)} %)`;
  const there = alreadyThere === 0 ? "" : `, ${alreadyThere} there already`;
  return `importing: ${unit === "octets" ? renderOctets(done) : done}${share}, ${added} added${there}${failed === 0 ? "" : `, ${failed} left out`}`;
}
