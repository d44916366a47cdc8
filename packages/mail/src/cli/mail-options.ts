// Options that import and export share.
import type { MailFormat } from "../delivery/index.ts";
import { text, type OptionValues } from "./command.ts";
import { CliError } from "./failure.ts";

export const FORMATS: readonly MailFormat[] = ["maildir", "mbox", "eml"];

export function mailFormat(values: OptionValues): { readonly format?: MailFormat } {
  const written = text(values, "format");
  if (written === undefined) return {};
  const format = FORMATS.find((candidate) => candidate === written);
  if (format === undefined)
    throw new CliError("usage", `--format ${written} is unknown; write one of ${FORMATS.join(", ")}`);
  return { format };
}

export function requiredAccount(values: OptionValues, command: string): string {
  const account = text(values, "account");
  if (account === undefined) throw new CliError("usage", `${command} needs to know whose mail; add --account NAME`);
  return account;
}
