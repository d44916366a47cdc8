import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { App } from "./app.tsx";
import { readerClient } from "./data/client.ts";
import { askFirst } from "./data/first-asked.ts";

const place = document.getElementById("reader");
if (place === null) throw new Error("index.html has no #reader");
/** Each drawing keeps the page busy: what is answered within this is in the first one. */
const PATIENCE_MS = 300;

const client = readerClient();
const asked = askFirst(client, window.location.hash).catch(() => undefined);
const patience = new Promise((resolve) => setTimeout(resolve, PATIENCE_MS));
const root = createRoot(place);
void Promise.race([asked, patience]).then(() =>
  root.render(
    <StrictMode>
      <App client={client} />
    </StrictMode>,
  ),
);
