import { useMutation, useQueryClient } from "@tanstack/react-query";
import type { Trusted } from "../../api/schema/index.ts";
import { call } from "../data/call.ts";
import { KEYS } from "../data/queries.ts";
import type { WordId } from "../words/catalogue.ts";
import { useWords } from "../words/use-words.ts";
import type { Words } from "../words/words.ts";
import { showToast } from "./toasts.ts";

interface Change {
  readonly rules: readonly Trusted[];
  readonly isTrusted: boolean;
  /** What is said of it once it is done; `who` is whom the rules are about. */
  readonly word: WordId;
  /** It takes back the other one, which is not to be taken back in turn. */
  readonly isUndo?: boolean;
}

interface Trust {
  readonly trust: (rule: Trusted) => void;
  /** Takes one rule out, whether or not another shows the same images. */
  readonly distrust: (rule: Trusted) => void;
  /** Takes out all by which the images of a message are shown. */
  readonly block: (rules: readonly Trusted[]) => void;
}

/** Trusts and distrusts senders of images, each taken back by the other. */
export function useTrust(): Trust {
  const client = useQueryClient();
  const words = useWords();
  const change = useMutation({
    mutationFn: ({ rules, isTrusted }: Change) => call(isTrusted ? "trust" : "distrust", { trusted: [...rules] }),
    onSuccess({ trusted: changed }, { rules, isTrusted, word, isUndo = false }) {
      for (const queryKey of [KEYS.trusted, KEYS.messages]) void client.invalidateQueries({ queryKey });
      const undo = (): void =>
        change.mutate({
          rules: changed,
          isTrusted: !isTrusted,
          word: isTrusted ? "images.now-distrusted" : "images.now-trusted",
          isUndo: true,
        });
      showToast({
        text: words.say(word, { who: whomOf(words, rules) }),
        tone: "plain",
        ...(isUndo || changed.length === 0 ? {} : { undo }),
      });
    },
  });
  return {
    trust: (rule) => change.mutate({ rules: [rule], isTrusted: true, word: "images.now-trusted" }),
    distrust: (rule) => change.mutate({ rules: [rule], isTrusted: false, word: "images.now-distrusted" }),
    block: (rules) => change.mutate({ rules, isTrusted: false, word: "images.now-blocked" }),
  };
}

/** Whom one rule, or one of a sender and one of a domain, are about. */
export function whomOf({ say }: Words, rules: readonly Trusted[]): string {
  const of = (kind: Trusted["kind"]): string | undefined => rules.find((rule) => rule.kind === kind)?.value;
  const [sender, domain] = [of("sender"), of("domain")];
  if (sender !== undefined && domain !== undefined) return say("images.both", { sender, domain });
  return sender ?? domain ?? "";
}
