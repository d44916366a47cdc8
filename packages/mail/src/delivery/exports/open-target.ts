// The formats mail can be exported to.
import type { MailFormat } from "../imports/contract.ts";
import type { MailTarget, TargetOptions } from "./contract.ts";
import { openEmlTarget } from "./eml-target.ts";
import { openMaildirTarget } from "./maildir-target.ts";
import { openMboxTarget } from "./mbox-target.ts";

const TARGETS: Readonly<Record<MailFormat, (o: TargetOptions) => Promise<MailTarget>>> = {
  maildir: openMaildirTarget,
  mbox: openMboxTarget,
  eml: openEmlTarget,
};

/** Opens a folder to be written in the given format. Throws TargetError, or the system's error. */
export async function openTarget(o: TargetOptions & { readonly format: MailFormat }): Promise<MailTarget> {
  return TARGETS[o.format](o);
}
