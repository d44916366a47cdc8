// Each source: whether its certificate is trusted, what becomes of mail on its server, how often it is asked, its password, and its end.
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Plus } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import type { Keep, RouteOutput, SourceStatus } from "../../api/schema/index.ts";
import { showToast } from "../acts/toasts.ts";
import { call } from "../data/call.ts";
import { KEYS, sourcesQuery } from "../data/queries.ts";
import { Button } from "../parts/button.tsx";
import { Confirm } from "../parts/dialog.tsx";
import { Field, Select } from "../parts/entries.tsx";
import { Known } from "../parts/known.tsx";
import { formatPlace } from "../place/place.ts";
import { go } from "../place/use-place.ts";
import { KeepQuestion, OnlyCopyHere } from "../sources/keep-question.tsx";
import { SubmitButton } from "../sources/submit-button.tsx";
import { dayOf, size } from "../words/dates.ts";
import { useWords } from "../words/use-words.ts";
import type { Words } from "../words/words.ts";
import { CertificateSettings } from "./certificate-settings.tsx";

const MINUTE_MS = 60_000;
const EVERY_MINUTES: readonly number[] = [1, 5, 10, 15, 30, 60, 180, 720, 1_440];

/** `meant` is the one that was asked for. */
export function SourceSettings({ meant }: { readonly meant: string | undefined }): React.JSX.Element {
  const { say } = useWords();
  const query = useQuery(sourcesQuery);
  return (
    <>
      <Known query={query}>
        {({ sources }) =>
          sources.length === 0 ? (
            <p>{say("settings.sources-none")}</p>
          ) : (
            sources.map((source) => <OneSource key={source.source} source={source} isMeant={source.source === meant} />)
          )
        }
      </Known>
      <div className="acts">
        <Button icon={Plus} onPress={() => go({ screen: "add-source" })}>
          {say("side.add-source")}
        </Button>
      </div>
    </>
  );
}

interface Change {
  readonly keep?: Keep;
  readonly everyMs?: number;
  readonly password?: string;
  readonly pin?: string | null;
  readonly confirmed?: boolean;
}

interface OneSourceProps {
  readonly source: SourceStatus;
  readonly isMeant: boolean;
}

function OneSource({ source: status, isMeant }: OneSourceProps): React.JSX.Element {
  const words = useWords();
  const { say } = words;
  const client = useQueryClient();
  const { source, everyMs, isReadOnly } = status;
  const [isLeaving, setLeaving] = useState(false);
  const card = useRef<HTMLElement>(null);
  // The heading of the page takes the focus when it is drawn first: what is meant comes behind it.
  useEffect(() => {
    if (!isMeant) return undefined;
    const frame = requestAnimationFrame(() => {
      card.current?.scrollIntoView({ block: "start" });
      card.current?.focus({ preventScroll: true });
    });
    return () => cancelAnimationFrame(frame);
  }, [isMeant]);
  const settled = (): void => void client.invalidateQueries({ queryKey: KEYS.sources });
  const change = useMutation({
    mutationFn: (wanted: Change) => call("changeSource", { source, ...wanted }),
    onSuccess: () => showToast({ text: say("settings.source-saved"), tone: "plain" }),
    onSettled: settled,
  });
  const remove = useMutation({
    mutationFn: async () => {
      await call("removeSource", { source });
    },
    onSuccess: () => showToast({ text: say("settings.source-removed", { source }), tone: "plain", isFinal: true }),
    onSettled: settled,
  });
  return (
    <section ref={card} className="one-source" aria-label={source} tabIndex={-1}>
      <h2>
        <a className="target" href={formatPlace({ screen: "source", source, tab: "activity" })}>
          <bdi>{source}</bdi>
        </a>
      </h2>
      <p className="soft">
        <bdi>{`${status.user} · ${status.host}:${status.port}`}</bdi>
      </p>
      {isReadOnly ? (
        <p>{say("settings.source-read-only")}</p>
      ) : (
        <>
          <CertificateSettings status={status} onSave={change.mutate} />
          <KeepForm status={status} isBusy={change.isPending} onSave={change.mutate} />
          <Select
            label={say("settings.every")}
            value={String(everyMs)}
            options={everyOptions(words, everyMs)}
            onChange={(ms) => change.mutate({ everyMs: Number(ms) })}
          />
          <PasswordForm isBusy={change.isPending} onSave={(password) => change.mutate({ password })} />
          <div className="acts">
            <Button onPress={() => setLeaving(true)}>{say("settings.source-remove")}</Button>
          </div>
        </>
      )}
      {isLeaving ? (
        <Confirm
          title={say("settings.source-remove-title", { source })}
          does={say("settings.source-remove")}
          onConfirm={() => remove.mutate()}
          onClose={() => setLeaving(false)}
        >
          {say("settings.source-remove-more")}
        </Confirm>
      ) : null}
    </section>
  );
}

/** The usual intervals, and the one it has. */
function everyOptions({ say }: Words, everyMs: number): (readonly [string, string])[] {
  const offered = [...new Set([...EVERY_MINUTES, everyMs / MINUTE_MS])].toSorted((a, b) => a - b);
  return offered.map((minutes) => [
    String(minutes * MINUTE_MS),
    minutes % 60 === 0
      ? say("settings.every-hours", { hours: minutes / 60 })
      : say("settings.every-minutes", { minutes }),
  ]);
}

interface KeepFormProps {
  readonly status: SourceStatus;
  readonly isBusy: boolean;
  readonly onSave: (change: Change) => void;
}

/** A rule that removes mail is saved by a button, not by a slip of the arrow keys. */
function KeepForm({ status: { source, keep, state }, isBusy, onSave }: KeepFormProps): React.JSX.Element {
  const { say } = useWords();
  const kept = JSON.stringify(keep);
  const [wanted, setWanted] = useState(keep);
  const [keptBefore, setKeptBefore] = useState(kept);
  const [isAsking, setAsking] = useState(false);
  const form = useRef<HTMLFormElement>(null);
  const wasChanged = useRef(false);
  if (kept !== keptBefore) {
    setKeptBefore(kept);
    setWanted(keep);
  }
  const isChanged = JSON.stringify(wanted) !== kept;
  // The buttons go when there is nothing left to save, and the focus with them: back to what was chosen.
  useEffect(() => {
    const hasSettled = wasChanged.current && !isChanged;
    wasChanged.current = isChanged;
    if (hasSettled && document.activeElement === document.body)
      form.current?.querySelector<HTMLElement>("input:checked")?.focus();
  }, [isChanged]);
  return (
    <form
      ref={form}
      className="entry-form"
      onSubmit={(event) => {
        event.preventDefault();
        if (wanted.kind === "remove-at-once") setAsking(true);
        else onSave({ keep: wanted });
      }}
    >
      <KeepQuestion value={wanted} rule={keep} onChange={setWanted} />
      {isChanged ? <KeepPreview source={source} keep={wanted} isRunning={state === "running"} /> : null}
      {isChanged ? (
        <div className="acts">
          <SubmitButton isBusy={isBusy}>{say("settings.save")}</SubmitButton>
          <Button onPress={() => setWanted(keep)}>{say("act.cancel")}</Button>
        </div>
      ) : null}
      {isAsking ? (
        <OnlyCopyHere
          source={source}
          onConfirm={() => onSave({ keep: wanted, confirmed: true })}
          onClose={() => setAsking(false)}
        />
      ) : null}
    </form>
  );
}

interface KeepPreviewProps {
  readonly source: string;
  readonly keep: Keep;
  /** What a run is bringing is known only when it has ended: until then nothing is counted. */
  readonly isRunning: boolean;
}

/** What a rule that removes mail would do, before it is saved. */
function KeepPreview({ source, keep, isRunning }: KeepPreviewProps): React.JSX.Element {
  const words = useWords();
  const { say } = words;
  const removes = keep.kind !== "forever";
  const { data } = useQuery({
    queryKey: ["keep-preview", source, keep.kind, keep, isRunning],
    queryFn: ({ signal }) => call("previewKeep", { source, keep }, signal),
    enabled: removes && !isRunning,
    // Of another number of days; what another kind of rule removes is something else.
    placeholderData: (before, query) => (query?.queryKey[2] === keep.kind ? before : undefined),
    staleTime: 0,
  });
  return (
    <p className="soft" role="status">
      {!removes
        ? null
        : isRunning
          ? say("keep.preview-running")
          : data === undefined
            ? null
            : previewText(words, keep, data)}
    </p>
  );
}

function previewText(words: Words, keep: Keep, { messages, octets, nextAt }: RouteOutput<"previewKeep">): string {
  const { say } = words;
  return [
    say(keep.kind === "until-deleted-here" ? "keep.preview-deleted" : "keep.preview", {
      count: messages,
      size: size(words, octets),
    }),
    ...(nextAt === null ? [] : [say("keep.preview-next", { day: dayOf(words, nextAt) })]),
  ].join(" ");
}

interface PasswordFormProps {
  readonly isBusy: boolean;
  readonly onSave: (password: string) => void;
}

function PasswordForm({ isBusy, onSave }: PasswordFormProps): React.JSX.Element {
  const { say } = useWords();
  const [password, setPassword] = useState("");
  return (
    <form
      className="entry-form"
      onSubmit={(event) => {
        event.preventDefault();
        onSave(password);
        setPassword("");
      }}
    >
      <Field
        label={say("settings.source-password")}
        value={password}
        onChange={setPassword}
        type="password"
        autoComplete="current-password"
        required
      />
      {password === "" ? null : (
        <div className="acts">
          <SubmitButton isBusy={isBusy}>{say("settings.source-password-save")}</SubmitButton>
        </div>
      )}
    </form>
  );
}
