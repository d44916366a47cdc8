import { useMutation, useQueryClient } from "@tanstack/react-query";
import type { Trusted } from "../../api/schema/index.ts";
import { call } from "../data/call.ts";
import { KEYS } from "../data/queries.ts";
import { useWords } from "../words/use-words.ts";
import { showToast } from "./toasts.ts";

interface Change {
  readonly who: Trusted;
  readonly isTrusted: boolean;
  /** It takes back the other one, which is not to be taken back in turn. */
  readonly isUndo?: boolean;
}

/** Trusts and distrusts senders of images, each taken back by the other. */
export function useTrust(): { readonly trust: (who: Trusted) => void; readonly distrust: (who: Trusted) => void } {
  const client = useQueryClient();
  const { say } = useWords();
  const change = useMutation({
    mutationFn: async ({ who, isTrusted }: Change) => {
      await call(isTrusted ? "trust" : "distrust", who);
    },
    onSuccess(_nothing, { who, isTrusted, isUndo = false }) {
      for (const queryKey of [KEYS.trusted, KEYS.messages]) void client.invalidateQueries({ queryKey });
      const undo = (): void => change.mutate({ who, isTrusted: !isTrusted, isUndo: true });
      showToast({
        text: say(isTrusted ? "images.now-trusted" : "images.now-blocked", { who: who.value }),
        tone: "plain",
        ...(isUndo ? {} : { undo }),
      });
    },
  });
  return {
    trust: (who) => change.mutate({ who, isTrusted: true }),
    distrust: (who) => change.mutate({ who, isTrusted: false }),
  };
}
