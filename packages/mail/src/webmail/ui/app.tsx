import { type QueryClient, QueryClientProvider, useQuery, useQueryClient } from "@tanstack/react-query";
import { CloudOff, KeyRound } from "lucide-react";
import { useEffect, useMemo } from "react";
import type { ReaderSettings } from "../api/schema/index.ts";
import { showToast } from "./acts/toasts.ts";
import { call } from "./data/call.ts";
import { KEYS, sessionQuery, settingsQuery, useSettings } from "./data/queries.ts";
import { Refusal } from "./data/refusal.ts";
import { refusalText } from "./data/refusal-text.ts";
import { Keyboard } from "./keys/commands.tsx";
import { Button } from "./parts/button.tsx";
import { ErrorBoundary } from "./parts/error-boundary.tsx";
import { Late } from "./parts/late.tsx";
import { Note } from "./parts/note.tsx";
import { INBOX } from "./place/place.ts";
import { go, usePlace } from "./place/use-place.ts";
import { Shell } from "./shell/shell.tsx";
import { dressPage } from "./words/dress-page.ts";
import { useWords, WordsContext } from "./words/use-words.ts";
import { type Words, wordsIn } from "./words/words.ts";

export function App({ client }: { readonly client: QueryClient }): React.JSX.Element {
  return (
    <QueryClientProvider client={client}>
      <Chosen />
    </QueryClientProvider>
  );
}

/** What the person chose, applied to the whole page. */
function Chosen(): React.JSX.Element {
  const settings = useSettings();
  const { language, keyboard } = settings;
  const theme = useQuery(settingsQuery).data?.theme;
  const words = useMemo(() => wordsIn(language, navigator.languages), [language]);
  useFailures(words);
  useEffect(() => dressPage(words, theme), [words, theme]);
  return (
    <WordsContext value={words}>
      <Keyboard areLettersOn={keyboard === "on"}>
        <ErrorBoundary>
          <SignedIn settings={settings} />
        </ErrorBoundary>
      </Keyboard>
    </WordsContext>
  );
}

/** Nothing a person asked for fails unseen: what does not say so in its own place is said here. */
function useFailures(words: Words): void {
  const mutations = useQueryClient().getMutationCache();
  useEffect(
    () =>
      mutations.subscribe((event) => {
        if (event.type !== "updated" || event.action.type !== "error") return;
        const { onError, meta } = event.mutation.options;
        if (onError === undefined && meta?.["isToldInPlace"] !== true)
          showToast({ text: refusalText(words, event.action.error), tone: "trouble" });
      }),
    [mutations, words],
  );
}

function SignedIn({ settings }: { readonly settings: ReaderSettings }): React.JSX.Element {
  const { say } = useWords();
  const place = usePlace();
  const session = useQuery({ ...sessionQuery, refetchInterval: whenUnreachable });
  const chosen = useQuery({ ...settingsQuery, refetchInterval: whenUnreachable });
  const change = useChangeSettings();
  const opens = session.data?.opens;
  // An address without a place opens what the session says; nothing is asked for before that is known.
  const isPlaceless = window.location.hash.length < 2;
  useEffect(() => {
    if (opens !== undefined && isPlaceless) go({ ...INBOX, scope: opens }, "replace");
  }, [opens, isPlaceless]);
  const error = shutBy(session) ?? shutBy(chosen);
  if (error !== null) {
    const retry = (): void => {
      void session.refetch();
      void chosen.refetch();
    };
    return <Shut error={error} onRetry={retry} />;
  }
  if (session.data === undefined || chosen.data === undefined || isPlaceless) {
    return (
      <Late>
        <p className="opening">{say("app.loading")}</p>
      </Late>
    );
  }
  return <Shell place={place} settings={settings} onSettings={change} />;
}

const AGAIN_AFTER_MS = 5_000;

function whenUnreachable({ state }: { readonly state: { readonly error: Error | null } }): number | false {
  return state.error === null || isSignedOut(state.error) ? false : AGAIN_AFTER_MS;
}

function isSignedOut(error: Error): boolean {
  return error instanceof Refusal && error.isSignedOut;
}

/** Whoever is in stays in while nobody answers: what was begun is in front of them. */
function shutBy({ data, error }: { readonly data: unknown; readonly error: Error | null }): Error | null {
  return error !== null && (data === undefined || isSignedOut(error)) ? error : null;
}

/** The door is shut, or nobody answers behind it. */
function Shut({ error, onRetry }: { readonly error: Error; readonly onRetry: () => void }): React.JSX.Element {
  const { say } = useWords();
  if (isSignedOut(error))
    return <Note icon={KeyRound} title={say("app.signed-out")} more={say("app.signed-out.more")} role="alert" />;
  return (
    <Note icon={CloudOff} title={say("app.unreachable")} more={say("app.unreachable.more")} role="alert">
      <Button onPress={onRetry}>{say("app.again")}</Button>
    </Note>
  );
}

/** Changes a setting at once, and puts it back when the server refuses. */
function useChangeSettings(): (change: Partial<ReaderSettings>) => void {
  const client = useQueryClient();
  const words = useWords();
  return (change) => {
    const before = client.getQueryData(settingsQuery.queryKey);
    client.setQueryData(settingsQuery.queryKey, (settings) => settings && { ...settings, ...change });
    call("changeSettings", change).catch((error: unknown) => {
      client.setQueryData(KEYS.settings, before);
      showToast({ text: refusalText(words, error), tone: "trouble" });
    });
  };
}
