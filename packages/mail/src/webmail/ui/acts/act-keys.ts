// The commands that act on messages, on whatever the keys mean where they are heard.
import type { Runner } from "./runner.tsx";
import type { Target, Wish } from "./target.ts";

type Heard = () => void | "pass";

/** `onIt` finds what is meant when a key is pressed, and does it to that. */
export function actKeys(runner: Runner, onIt: (does: (target: Target) => void) => Heard) {
  const wish = (one: Wish): Heard => onIt((on) => runner.run(one, on));
  return {
    archive: wish("archive"),
    trash: wish("trash"),
    delete: wish("delete"),
    junk: wish("junk"),
    star: wish("star"),
    read: wish("read"),
    unread: wish("unread"),
    move: onIt((on) => runner.move(on)),
    label: onIt((on) => runner.label(on)),
  };
}
