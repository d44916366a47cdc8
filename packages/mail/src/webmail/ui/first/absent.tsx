// Stands in for what the first screen is not made of: dialogs, writing, reading, what is made ready. The compiler
// holds each against what it stands for.
import type * as runner from "../acts/runner.tsx";
import type * as acts from "../acts/use-acts.ts";
import type * as composer from "../compose/composer.tsx";
import type * as calls from "../data/call.ts";
import type * as events from "../data/events.ts";
import type * as refusals from "../data/refusal-text.ts";
import type * as front from "../parts/in-front.tsx";
import type * as suggestions from "../search/use-suggestions.ts";
import type * as trouble from "../shell/trouble-told.tsx";

const nothing = (): void => undefined;
const Nothing = (): null => null;

export const ComposerProvider: typeof composer.ComposerProvider = ({ children }) => <>{children}</>;
export const useComposer: typeof composer.useComposer = () => ({
  begin: nothing,
  answer: nothing,
  open: nothing,
  show: nothing,
  showLeft: nothing,
});
export const RunnerProvider: typeof runner.RunnerProvider = ({ children }) => <>{children}</>;
export const useRunner: typeof runner.useRunner = () => ({
  run: nothing,
  move: nothing,
  label: nothing,
  empty: nothing,
});
export const useActs: typeof acts.useActs = () => ({ do: nothing, empty: nothing });
export const useEvents: typeof events.useEvents = () => true;
export const useSuggestions: typeof suggestions.useSuggestions = () => ({
  offers: [],
  active: -1,
  open: nothing,
  typed: nothing,
  close: nothing,
  step: nothing,
});
export const inFront: typeof front.inFront = () => Nothing;
export const call: typeof calls.call = () => Promise.reject(new Error("asked before the reader was there"));
export const refusalText: typeof refusals.refusalText = () => "";
export {
  Nothing as ActBar,
  Nothing as ListKeys,
  Nothing as MadeReady,
  Nothing as Opened,
  Nothing as RowSwipes,
  Nothing as SourceStrips,
};
/** Nothing is told yet. */
export const TroubleTold: typeof trouble.TroubleTold = () => <p className="unseen" role="status" />;
