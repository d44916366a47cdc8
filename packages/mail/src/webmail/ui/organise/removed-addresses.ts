// Addresses that were removed. With its password one goes when its undo is gone or the tab is closed, and not before; one
// that is entered again meanwhile stays.
import { useSyncExternalStore } from "react";
import { Removals } from "../acts/removals.ts";
import { showToast } from "../acts/toasts.ts";
import { call } from "../data/call.ts";
import { refusalText } from "../data/refusal-text.ts";
import type { Words } from "../words/words.ts";

interface AddressPlace {
  readonly account: string;
  readonly address: string;
}

/** What is removed: one that is entered again in another window stays. */
type RemovedAddress = AddressPlace & { readonly version: number };

const removals = new Removals();
let removed: ReadonlySet<string> = new Set();
const listeners = new Set<() => void>();

/** Whether an address is not to be shown any more, on whatever page it was removed. */
export function useRemovedAddresses(): (place: AddressPlace) => boolean {
  const all = useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => removed,
  );
  return (place) => all.has(nameOf(place));
}

/** `onAnswer`: asks again for the addresses there are. */
export function removeAddress(words: Words, place: RemovedAddress, onAnswer: () => Promise<unknown>): void {
  const name = nameOf(place);
  const bringBack = (): void => set(new Set([...removed].filter((one) => one !== name)));
  window.addEventListener("pagehide", carryOut);
  set(new Set([...removed, name]));
  removals.add(name, {
    text: words.say("identity.removed", { address: place.address }),
    bringBack,
    remove: async () => {
      await call("removeIdentity", place).catch((error: unknown) =>
        showToast({ text: refusalText(words, error), tone: "trouble" }),
      );
      await onAnswer();
      bringBack();
    },
  });
}

/** To be waited for before an address is saved: it is removed no more then. */
export function restoreAddress(place: AddressPlace): Promise<void> {
  return removals.restore(nameOf(place));
}

/** The same function each time, so that it listens once. */
function carryOut(): void {
  removals.carryOut();
}

/** RFC 5321 §2.4: of an address the domain alone is the same in capitals. */
function nameOf({ account, address }: AddressPlace): string {
  const at = address.lastIndexOf("@") + 1;
  return `${account} ${address.slice(0, at)}${address.slice(at).toLowerCase()}`;
}

function set(next: ReadonlySet<string>): void {
  removed = next;
  for (const listener of listeners) listener();
}
