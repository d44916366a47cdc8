import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { X } from "lucide-react";
import type { Trusted } from "../../api/schema/index.ts";
import { showToast } from "../acts/toasts.ts";
import { call } from "../data/call.ts";
import { KEYS } from "../data/queries.ts";
import { IconButton } from "../parts/button.tsx";
import { useWords } from "../words/use-words.ts";

/** Whose images are loaded without asking; each can be taken out, and taken back. */
export function TrustedSenders(): React.JSX.Element {
  const { say } = useWords();
  const client = useQueryClient();
  const { data } = useQuery({ queryKey: KEYS.trusted, queryFn: ({ signal }) => call("trusted", {}, signal) });
  const change = useMutation({
    mutationFn: async ({ who, isTrusted }: { readonly who: Trusted; readonly isTrusted: boolean }) => {
      await call(isTrusted ? "trust" : "distrust", who);
    },
    onSuccess(_nothing, { who, isTrusted }) {
      for (const queryKey of [KEYS.trusted, KEYS.messages]) void client.invalidateQueries({ queryKey });
      showToast({
        text: say(isTrusted ? "images.now-trusted" : "images.now-blocked", { who: who.value }),
        tone: "plain",
        undo: () => change.mutate({ who, isTrusted: !isTrusted }),
      });
    },
  });
  const trusted = data?.trusted ?? [];
  return (
    <section>
      <h2>{say("settings.trusted")}</h2>
      <p className="soft">{say("settings.trusted-more")}</p>
      {data !== undefined && trusted.length === 0 ? <p>{say("settings.trusted-none")}</p> : null}
      <ul className="entries">
        {trusted.map((who) => (
          <li key={`${who.kind} ${who.value}`}>
            <bdi>{who.value}</bdi>
            <span className="soft">{say(`settings.trusted-${who.kind}`)}</span>
            <IconButton
              icon={X}
              label={say("settings.distrust", { who: who.value })}
              onPress={() => change.mutate({ who, isTrusted: false })}
            />
          </li>
        ))}
      </ul>
    </section>
  );
}
