// What there is to say of collecting above a list: of which sources, and in how few words.
import type { SourceStatus, Trouble } from "../../api/schema/index.ts";
import type { ListOf, Scope } from "../place/place.ts";
import { questionText, sourceTroubleText } from "../words/collect-text.ts";
import { size } from "../words/dates.ts";
import type { Words } from "../words/words.ts";

export interface SourceNews {
  readonly kind: "trouble" | "download" | "paused";
  readonly source: SourceStatus;
}

/** A run that fetches less than this is over before it could be read about. */
const MANY_MESSAGES = 20;

/** It is neither being looked at nor left alone. */
const WAITS: ReadonlySet<SourceStatus["state"]> = new Set(["idle", "needs-you"]);

/** Over once a source is left alone: nobody asks the disk again, and it was the pause that ended the run. */
const OVER: ReadonlySet<Trouble["code"]> = new Set(["low-space", "ABORTED", "stopped"]);

/** The sources whose mail comes into a list; of archive, trash and the like nobody expects new mail. */
export function sourcesInto<S extends Pick<SourceStatus, "source" | "account">>(
  sources: readonly S[],
  { list, scope, names }: { readonly list: ListOf; readonly scope: Scope; readonly names: ReadonlyMap<string, string> },
): readonly S[] {
  if (list.kind === "source") return sources.filter(({ source }) => source === list.source);
  if (list.kind !== "role" || list.role !== "inbox") return [];
  return scope === "all" ? sources : sources.filter(({ account }) => account === names.get(scope));
}

export function isOutOfRoom({ trouble, state }: SourceStatus): boolean {
  return trouble?.code === "low-space" && WAITS.has(state);
}

/** What a run finds stands until the next one has ended: while that looks, nothing jumps. */
export function newsOf(source: SourceStatus): SourceNews | null {
  const { state, progress } = source;
  if (state === "running" && progress !== null && progress.of >= MANY_MESSAGES) return { kind: "download", source };
  const isOver = !WAITS.has(state) && source.trouble !== null && OVER.has(source.trouble.code);
  const shown = isOver ? { ...source, trouble: null } : source;
  if (state === "paused") return { kind: "paused", source: shown };
  const hasTrouble = shown.trouble !== null || shown.questions.length > 0;
  return hasTrouble && state !== "off" ? { kind: "trouble", source: shown } : null;
}

/** What is wrong with one: the trouble, or else what is asked. */
function troubleOf(words: Words, { trouble, questions, ...source }: SourceStatus, now: number): string {
  if (trouble !== null) return sourceTroubleText(words, trouble, source, now);
  return questions[0] === undefined ? "" : questionText(words, questions[0]);
}

/** One source, whatever is to be said of it. */
export function newsText(words: Words, { kind, source }: SourceNews, now: number): string {
  const { say } = words;
  const name = source.source;
  if (kind === "trouble") return say("strip.trouble", { source: name, text: troubleOf(words, source, now) });
  if (kind === "paused") {
    const why = troubleOf(words, source, now);
    return [say("strip.paused", { source: name }), ...(why === "" ? [] : [why])].join(" · ");
  }
  if (source.progress === null) return "";
  const { n, of, octets, octetsTotal, octetsPerSecond } = source.progress;
  const seconds = octetsPerSecond > 0 ? (octetsTotal - octets) / octetsPerSecond : Infinity;
  return [
    say("strip.progress", { source: name, n, of }),
    ...(octetsPerSecond > 0 ? [say("strip.rate", { size: size(words, octetsPerSecond) })] : []),
    ...(Number.isFinite(seconds) && seconds > 60 ? [say("strip.left", { minutes: Math.ceil(seconds / 60) })] : []),
  ].join(" · ");
}

/** All of them in one line: what is wrong, what is coming, what is held up. Of several kinds how many there are of each,
 * which a telephone has room for; the rest is said where each of them is listed. */
export function summaryOf(words: Words, news: readonly SourceNews[], now: number): string {
  const { say } = words;
  const [only] = news;
  if (only === undefined) return "";
  if (news.length === 1) return newsText(words, only, now);
  const count = (kind: SourceNews["kind"]): number => news.filter((one) => one.kind === kind).length;
  switch (news.length) {
    case count("trouble"):
      return troublesText(words, news);
    case count("download"):
      return say("strip.downloads", { count: news.length, ...progressOf(news) });
    case count("paused"):
      return say("strip.paused-count", { count: news.length });
    default: {
      const kinds = (["trouble", "download", "paused"] as const).filter((kind) => count(kind) > 0);
      return say("strip.mixed", {
        counts: kinds.map((kind) => say(`strip.mixed-${kind}`, { count: count(kind) })).join(" · "),
      });
    }
  }
}

/** How far all downloads are, taken together. */
export function progressOf(news: readonly SourceNews[]): { readonly n: number; readonly of: number } {
  const all = news.flatMap(({ kind, source }) =>
    kind === "download" && source.progress !== null ? source.progress : [],
  );
  return { n: all.reduce((sum, { n }) => sum + n, 0), of: all.reduce((sum, { of }) => sum + of, 0) };
}

/** "3 sources could not be checked: home, work and 1 more". */
export function troublesText({ say }: Words, troubled: readonly SourceNews[]): string {
  const count = troubled.length;
  const [first = "", second = ""] = troubled.map(({ source }) => source.source);
  const names =
    count > 2 ? say("strip.names-more", { first, second, more: count - 2 }) : say("strip.names", { first, second });
  // Of some only an answer is wanted.
  const areAllFailed = troubled.every(({ source }) => source.trouble !== null);
  return say(areAllFailed ? "strip.troubles" : "strip.troubles-ask", { count, names });
}
