// Requests that go out while the program that will show their answers is still on its way. Whoever asks for the same finds
// its answer here, once: what is refused or lost is told by them, as if they had asked themselves.
import type { RouteInput, RouteName } from "../../api/schema/index.ts";
import { requestOf } from "../../api/schema/request.ts";
import { INBOX } from "../place/place.ts";
import { type Answered, answeredBy } from "./answered.ts";
import { firstScreenOf } from "./first-screen.ts";
import { inputOf } from "./list-question.ts";
import { PATHS } from "./routes.ts";

const TIMEOUT_MS = 30_000;

const early = new Map<string, Promise<Answered>>();

/** What the first screen shows. What its fragment does not say, its document does. */
export function askEarly(fragment: string, { opens = INBOX.scope, view }: DOMStringMap): void {
  ask("session", {});
  ask("settings", {});
  const first = firstScreenOf(fragment, { opens, conversations: view === "conversations" });
  if (first === undefined) return;
  const { name, input } = inputOf(first.question, null);
  ask(name, input);
  ask("mailboxes", { account: first.scope });
}

/** The answer to a request that went out already; undefined for any other. */
export function takeEarly(path: string): Promise<Answered> | undefined {
  const answer = early.get(path);
  early.delete(path);
  return answer;
}

/** What it says, for whoever leaves it there; undefined when it is no answer, or was taken. */
export async function peekEarly<N extends RouteName>(name: N, input: RouteInput<N>): Promise<unknown> {
  const answer = await early.get(requestOf(PATHS[name], input).path);
  return answer?.isOk === true ? answer.json : undefined;
}

/** What nobody took was the answer to another question: later ones are not to be answered out of it. */
export function forgetEarly(): void {
  early.clear();
}

function ask<N extends RouteName>(name: N, input: RouteInput<N>): void {
  const { path } = requestOf(PATHS[name], input);
  const answer = fetch(path, {
    credentials: "same-origin",
    redirect: "error",
    signal: AbortSignal.timeout(TIMEOUT_MS),
  }).then(answeredBy);
  // Perhaps nobody takes it.
  answer.catch(() => undefined);
  early.set(path, answer);
}
