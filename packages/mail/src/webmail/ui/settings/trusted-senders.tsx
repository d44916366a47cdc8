import { useQuery } from "@tanstack/react-query";
import { X } from "lucide-react";
import { useTrust } from "../acts/use-trust.ts";
import { call } from "../data/call.ts";
import { KEYS } from "../data/queries.ts";
import { IconButton } from "../parts/button.tsx";
import { Known } from "../parts/known.tsx";
import { useWords } from "../words/use-words.ts";

/** Whose images are loaded without asking; each can be taken out, and taken back. */
export function TrustedSenders(): React.JSX.Element {
  const { say } = useWords();
  const query = useQuery({ queryKey: KEYS.trusted, queryFn: ({ signal }) => call("trusted", {}, signal) });
  const { distrust } = useTrust();
  return (
    <section>
      <h2>{say("settings.trusted")}</h2>
      <p className="soft">{say("settings.trusted-more")}</p>
      <Known query={query}>
        {({ trusted }) => (
          <>
            {trusted.length === 0 ? <p>{say("settings.trusted-none")}</p> : null}
            <ul className="entries">
              {trusted.map((who) => (
                <li key={`${who.kind} ${who.value}`}>
                  <bdi>{who.value}</bdi>
                  <span className="soft">{say(`settings.trusted-${who.kind}`)}</span>
                  <IconButton
                    icon={X}
                    label={say("settings.distrust", { who: who.value })}
                    onPress={() => distrust(who)}
                  />
                </li>
              ))}
            </ul>
          </>
        )}
      </Known>
    </section>
  );
}
