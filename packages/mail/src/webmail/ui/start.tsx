// The program itself: loaded once the first screen is painted, which it takes over.
import { StrictMode, useEffect } from "react";
import { createRoot, hydrateRoot } from "react-dom/client";
import { App } from "./app.tsx";
import { readerClient } from "./data/client.ts";
import { askFirst } from "./data/first-asked.ts";
import type { Painted } from "./first/first-paint.tsx";

/** Each drawing keeps the page busy: what is answered within this is in the first one. */
const PATIENCE_MS = 300;

interface Start {
  readonly place: HTMLElement;
  readonly painted: Painted;
  /** Called when the page can be used. */
  readonly onDrawn: () => void;
}

export async function start({ place, painted, onDrawn }: Start): Promise<void> {
  const client = readerClient();
  const asked = askFirst(client, window.location.hash).catch(() => undefined);
  const patience = new Promise((resolve) => setTimeout(resolve, PATIENCE_MS));
  // What is on the screen was answered already.
  await (painted === "nothing" ? Promise.race([asked, patience]) : asked);
  const reader = (
    <StrictMode>
      <App client={client} />
      <Drawn onDrawn={onDrawn} />
    </StrictMode>
  );
  // React takes over what it would have drawn itself. Where it would draw something else by now it does so, and says so
  // here: that is no failure.
  if (painted === "whole") hydrateRoot(place, reader, { onRecoverableError: () => undefined });
  else createRoot(place).render(reader);
}

function Drawn({ onDrawn }: Pick<Start, "onDrawn">): null {
  useEffect(onDrawn, [onDrawn]);
  return null;
}
