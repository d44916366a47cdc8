import { Undo2, X } from "lucide-react";
import { useEffect, useState } from "react";
import { useCommands, useHint } from "../keys/commands.tsx";
import { Button, IconButton } from "../parts/button.tsx";
import { useWords } from "../words/use-words.ts";
import type { Words } from "../words/words.ts";
import { dismissToast, showToast, TOAST_MS, type Undone, undoLast, undoNamed, useToast } from "./toasts.ts";
import { takeUnderway } from "./underway.ts";
import "./toast-region.css";

/** Says what was done and offers to take it back, for ten seconds, longer while someone is about to. */
export function ToastRegion(): React.JSX.Element {
  const words = useWords();
  const { say } = words;
  const hint = useHint();
  const toast = useToast();
  // The one that is held, not whether one is: a toast that is gone hears nothing of the hand or the focus that left it.
  const [hoveredId, setHoveredId] = useState<number | null>(null);
  const [focusedId, setFocusedId] = useState<number | null>(null);
  const isHeld = toast !== null && (hoveredId === toast.id || focusedId === toast.id);
  const undoKey = hint("undo");
  useCommands({ undo: () => void undoNewest(words) });
  useEffect(() => {
    if (toast === null || isHeld || toast.stays === true) return;
    const timer = setTimeout(() => dismissToast(toast.id), TOAST_MS);
    return () => clearTimeout(timer);
  }, [toast, isHeld]);
  return (
    <div className="toast-region">
      <div role="status">
        {toast === null ? null : (
          <div
            key={toast.id}
            className={`toast ${toast.tone}`}
            onPointerEnter={() => setHoveredId(toast.id)}
            onPointerLeave={() => setHoveredId(null)}
            onFocus={() => setFocusedId(toast.id)}
            onBlur={() => setFocusedId(null)}
          >
            <span>{toast.text}</span>
            {toast.undo === undefined ? null : (
              <Button kind="quiet" icon={Undo2} onPress={() => void undoLast()}>
                {say("act.undo")}
                {undoKey === undefined ? null : <kbd className="key">{undoKey}</kbd>}
              </Button>
            )}
            {toast.does === undefined ? null : (
              <Button
                kind="quiet"
                onPress={() => {
                  dismissToast(toast.id);
                  toast.does?.run();
                }}
              >
                {toast.does.text}
              </Button>
            )}
            <IconButton
              icon={X}
              label={say("act.dismiss")}
              onPress={() => {
                dismissToast(toast.id);
                toast.onDismiss?.();
              }}
            />
          </div>
        )}
      </div>
    </div>
  );
}

/** When what was done last is on its way still, that is meant, and nothing else if it comes to nothing. */
async function undoNewest(words: Words): Promise<void> {
  const act = takeUnderway();
  if (act === undefined) {
    tellLeft(words, undoLast());
    return;
  }
  const id = await act;
  if (id !== undefined) undoNamed(id);
}

/** What is taken back says so itself. */
function tellLeft({ say }: Words, undone: Undone | undefined): void {
  if (undone === undefined || undone.kind === "undone") return;
  const { kind, next } = undone;
  if (kind === "nothing") {
    showToast({ text: say("undo.nothing-next", { next }), tone: "plain" });
    return;
  }
  const { what } = undone;
  const id = kind === "final" ? "undo.final" : "undo.late";
  const text = next === undefined ? say(id, { what }) : say(`${id}-next`, { what, next });
  showToast({ text, tone: "trouble" });
}
