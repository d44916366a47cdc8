// What comes in front of the page, loaded when it is first opened: a dialog, a menu, the drawer, the help, the window one
// writes in. One that does not come closes and says so.
import type { ComponentType } from "react";
import { loadedPart } from "./loaded-part.tsx";

interface InFront {
  readonly onClose: () => void;
}

export function inFront<P extends InFront>(load: () => Promise<ComponentType<P>>): ComponentType<P> {
  return loadedPart({ load, onFailed: ({ onClose }) => onClose() });
}
