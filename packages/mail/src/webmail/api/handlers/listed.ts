// Which mail is in a list, as a request says it.
import type { Listed, MembersQuery } from "../../../mailstore/index.ts";
import { ApiError } from "../api-error.ts";
import { refuseHidden } from "../hidden-mailbox.ts";
import type { Reading } from "../reading.ts";
import type { Ref, RouteInput, WholeRow } from "../schema/index.ts";
import { present } from "./shown.ts";

export type AskedList = Pick<RouteInput<"list">, "mailbox" | "role" | "starred" | "unread" | "source">;

/** Throws ApiError. */
export function listedOf({ starred, unread, ...rest }: AskedList): Listed {
  const chosen = [rest.mailbox, rest.role, starred].filter((value) => value !== undefined);
  if (chosen.length > 1) throw new ApiError("bad-request", "name one of mailbox, role and starred");
  refuseHidden(rest.mailbox);
  return {
    ...present(rest),
    ...(starred === undefined ? {} : { starred: true }),
    ...(unread === undefined ? {} : { unread: true }),
  };
}

/** Every message of a row. Throws ApiError, `conversation-changed` when there are more than whoever names it has seen. */
export async function membersOf(reading: Reading, { count, ...row }: WholeRow): Promise<readonly Ref[]> {
  const { account, conversation, upTo, ...asked } = row;
  reading.account(account);
  const query: MembersQuery = { account, conversation, upTo, ...listedOf(asked) };
  const members = await reading.house.index.members(query);
  if (members.length > count)
    throw new ApiError("conflict", "the conversation has more messages than it had; look at it again", {
      reason: "conversation-changed",
    });
  return members.map((messageId) => ({ account, messageId }));
}
