// Adding a source: an address and a password, the server that lets them in, what is on it, what becomes of that. Each
// part stays in sight when the next appears, so nothing is asked twice.
import { useMutation, useQuery } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { sessionQuery, sourcesQuery } from "../data/queries.ts";
import { refusalText } from "../data/refusal-text.ts";
import { Alarm } from "../parts/alarm.tsx";
import { Button } from "../parts/button.tsx";
import { Page } from "../parts/page.tsx";
import { useWords } from "../words/use-words.ts";
import { Attempts } from "./attempts.tsx";
import { type Attempt, candidatesFor, isUntrusted, sourceAt, tellingOf, tryServers } from "./find-server.ts";
import { type Login, LoginForm } from "./login-form.tsx";
import { TroubleCard } from "./trouble-card.tsx";
import type { Found } from "./use-adding.ts";
import { WISHED_AT_FIRST, WishesForm } from "./wishes-form.tsx";
import "./sources.css";

export function AddSource(): React.JSX.Element {
  const words = useWords();
  const { say } = words;
  const { data: session } = useQuery(sessionQuery);
  const { data: collected } = useQuery(sourcesQuery);
  const [attempts, setAttempts] = useState<readonly Attempt[]>([]);
  const [isByHand, setByHand] = useState(false);
  /** What stands in the form is not what was tried: it cannot be added. */
  const [isEdited, setEdited] = useState(false);
  /** Its certificate is not trusted, and a person wants it. */
  const [isWanted, setWanted] = useState(false);
  // Whoever corrects a password is asked none of it again.
  const [wished, setWished] = useState(WISHED_AT_FIRST);
  const running = useRunning();

  const find = useMutation({
    async mutationFn(login: Login): Promise<Found | null> {
      const signal = running.begin();
      setAttempts([]);
      setWanted(false);
      setEdited(false);
      const { address, password, server } = login;
      const candidates: readonly Attempt[] =
        server === null
          ? await candidatesFor(address, signal)
          : [{ at: server, from: "hand", note: null, isForeign: false, tested: undefined }];
      const last = (await tryServers(candidates, { password, signal, onAttempts: setAttempts })).at(-1);
      const reached = last?.tested?.reached ?? null;
      if (last === undefined || reached === null) {
        setByHand(true);
        return null;
      }
      return { login, at: last.at, reached };
    },
    // Nothing could be looked up: the way by hand is left.
    onError: () => setByHand(true),
  });

  const telling = tellingOf(attempts);
  const trouble = telling?.tested?.trouble ?? null;
  const untrusted = !find.isPending && !isEdited && telling !== undefined && isUntrusted(telling) ? telling : undefined;
  const wanted =
    isWanted && untrusted !== undefined && find.variables !== undefined
      ? { login: find.variables, at: untrusted.at, reached: null }
      : null;
  const found = find.data ?? wanted;
  return (
    <Page title={say("add.title")} intro={say("add.intro")}>
      <LoginForm
        isByHand={isByHand}
        isBusy={find.isPending}
        suggested={telling?.at}
        onByHand={() => setByHand(true)}
        onEdit={() => setEdited(true)}
        onFind={(login) => find.mutate(login)}
      />
      {attempts.length === 0 ? null : <Attempts attempts={attempts} />}
      {find.isPending || trouble === null ? null : <TroubleCard trouble={trouble} />}
      {untrusted === undefined ? null : (
        <>
          <p>{say("add.untrusted")}</p>
          {isWanted ? null : (
            <div className="acts">
              <Button onPress={() => setWanted(true)}>{say("add.all-the-same")}</Button>
            </div>
          )}
        </>
      )}
      {find.isSuccess && attempts.length === 0 ? (
        <Alarm>
          <p>{say("add.none-found")}</p>
        </Alarm>
      ) : null}
      {find.error === null ? null : (
        <Alarm>
          <p dir="auto">{refusalText(words, find.error)}</p>
        </Alarm>
      )}
      {found !== null && !find.isPending && isEdited ? <p role="status">{say("add.edited")}</p> : null}
      {found === null || find.isPending || isEdited ? null : (
        <WishesForm
          found={found}
          wished={wished}
          onWish={setWished}
          collectedBy={sourceAt(found.at, collected?.sources ?? [])}
          accounts={(session?.accounts ?? []).map(({ name }) => name)}
        />
      )}
    </Page>
  );
}

/** One search at a time; it ends when the screen is left. */
function useRunning(): { readonly begin: () => AbortSignal } {
  const controller = useRef<AbortController | null>(null);
  useEffect(() => () => controller.current?.abort(), []);
  return {
    begin() {
      controller.current?.abort();
      controller.current = new AbortController();
      return controller.current.signal;
    },
  };
}
