// Adds a source and leads to its mail. Its server may take its time: whoever is at something else by then is left there, and
// told what became of it.
import { useMutation, type UseMutationResult, useQuery, useQueryClient } from "@tanstack/react-query";
import { type RefObject, useEffect, useRef } from "react";
import type { NewSource, SourceStatus, Tested } from "../../api/schema/index.ts";
import { showToast } from "../acts/toasts.ts";
import { call } from "../data/call.ts";
import { KEYS, sessionQuery } from "../data/queries.ts";
import { refusalText } from "../data/refusal-text.ts";
import { go } from "../place/use-place.ts";
import { useWords } from "../words/use-words.ts";
import type { ServerAt } from "./find-server.ts";
import type { Login } from "./login-form.tsx";

export interface Found {
  readonly login: Login;
  readonly at: ServerAt;
  /** Null for one that waits until its certificate is trusted. */
  readonly reached: NonNullable<Tested["reached"]> | null;
}

export interface Wishes extends Pick<NewSource, "account" | "keep" | "first" | "octetsMax"> {
  readonly confirmed: boolean;
}

const NOBODY = { accounts: [] };
const sessionAnew = { ...sessionQuery, staleTime: 0 };

/** For the form that asks: there it is said why nothing was added, while the form is shown. */
export function useAdding(found: Found): UseMutationResult<SourceStatus, Error, Wishes> {
  const words = useWords();
  const { say } = words;
  const client = useQueryClient();
  const { data: session } = useQuery(sessionQuery);
  const isShown = useIsShown();
  const leadToMail = async ({ source, account: name }: SourceStatus): Promise<void> => {
    showToast({ text: say("add.started", { source }), tone: "plain" });
    // The first source may have made the first account.
    const { accounts } =
      session?.accounts.length === 0 ? await client.fetchQuery(sessionAnew).catch(() => NOBODY) : (session ?? NOBODY);
    const account = accounts.find((one) => one.name === name)?.account ?? "all";
    if (isShown.current) go({ screen: "mail", scope: account, list: { kind: "source", source }, open: null });
  };
  return useMutation({
    mutationFn: (wishes: Wishes) => addSource(found, wishes),
    async onSuccess(status) {
      const { source } = status;
      void client.invalidateQueries({ queryKey: KEYS.sources });
      if (found.reached !== null) return leadToMail(status);
      if (isShown.current) go({ screen: "settings", page: "sources", source });
      else showToast({ text: say("add.waits", { source }), tone: "plain" });
    },
    onError(error) {
      const text = say("add.not-added", { address: addressOf(found), why: refusalText(words, error) });
      if (!isShown.current) showToast({ text, tone: "trouble" });
    },
  });
}

/** Whose mail it is. */
export function addressOf({ login, at }: Found): string {
  return login.address === "" ? `${at.user}@${at.host}` : login.address;
}

function addSource({ login: { address, password }, at }: Found, wishes: Wishes): Promise<SourceStatus> {
  return call("addSource", { ...at, password, ...(address === "" ? {} : { address }), ...wishes });
}

function useIsShown(): Readonly<RefObject<boolean>> {
  const isShown = useRef(true);
  useEffect(() => {
    isShown.current = true;
    return () => {
      isShown.current = false;
    };
  }, []);
  return isShown;
}
