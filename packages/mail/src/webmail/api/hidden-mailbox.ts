// A mailbox of the house's own: what is on its way out is kept in it. It has a screen of its own, and moving mail in or out
// by hand would say something of sending that is not so.
import { OUTBOX_MAILBOX } from "../../submission/index.ts";
import { ApiError } from "./api-error.ts";

export function isHidden(mailbox: string): boolean {
  return mailbox === OUTBOX_MAILBOX;
}

/** Throws ApiError `refused`. */
export function refuseHidden(mailbox: string | undefined): void {
  if (mailbox !== undefined && isHidden(mailbox))
    throw new ApiError("refused", `${OUTBOX_MAILBOX} is kept by Restante itself; choose another name`, {
      reason: "mailbox-reserved",
      values: { name: OUTBOX_MAILBOX },
    });
}
