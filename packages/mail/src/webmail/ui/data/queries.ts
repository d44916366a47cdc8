// What is asked of the server, each question under the key its events invalidate.
import { keepPreviousData, queryOptions, useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { DEFAULT_SETTINGS } from "../../api/schema/default-settings.ts";
import type { ReaderSettings } from "../../api/schema/index.ts";
import type { Opened, Scope } from "../place/place.ts";
import { call } from "./call.ts";
import { askForeseen } from "./foreseen.ts";

export const KEYS = {
  session: ["session"],
  settings: ["settings"],
  sources: ["sources"],
  serverMailboxes: ["server-mailbox"],
  mailboxes: ["mailboxes"],
  drafts: ["drafts"],
  outbox: ["outbox"],
  identities: ["identities"],
  addresses: ["addresses"],
  labels: ["labels"],
  rules: ["rules"],
  lists: ["list"],
  conversations: ["conversation"],
  messages: ["message"],
  trusted: ["trusted"],
} as const;

export const sessionQuery = queryOptions({
  queryKey: KEYS.session,
  queryFn: ({ signal }) => call("session", {}, signal),
});

export const settingsQuery = queryOptions({
  queryKey: KEYS.settings,
  queryFn: ({ signal }) => call("settings", {}, signal),
});

export const sourcesQuery = queryOptions({
  queryKey: KEYS.sources,
  queryFn: ({ signal }) => call("sources", {}, signal),
});

export const mailboxesQuery = (scope: Scope) =>
  queryOptions({
    queryKey: [...KEYS.mailboxes, scope],
    queryFn: ({ signal }) => call("mailboxes", { account: scope }, signal),
    placeholderData: keepPreviousData,
  });

export const conversationQuery = ({ account, id }: Pick<Opened, "account" | "id">) =>
  queryOptions({
    queryKey: [...KEYS.conversations, account, id],
    queryFn: ({ signal }) =>
      askForeseen(
        () => call("conversation", { account, conversation: id }, signal),
        (change, answer) => change.conversation(answer),
      ),
  });

export const messageQuery = (account: string, messageId: number) =>
  queryOptions({
    queryKey: [...KEYS.messages, account, messageId],
    queryFn: ({ signal }) =>
      askForeseen(
        () => call("message", { account, messageId }, signal),
        (change, answer) => change.message(answer),
      ),
  });

/** Accounts by id, as they are called. */
export function useAccountNames(): ReadonlyMap<string, string> {
  const { data } = useQuery(sessionQuery);
  return useMemo(() => new Map(data?.accounts.map(({ account, name }) => [account, name])), [data]);
}

/** What the person chose; the defaults until it is known. */
export function useSettings(): ReaderSettings {
  return useQuery(settingsQuery).data ?? DEFAULT_SETTINGS;
}
