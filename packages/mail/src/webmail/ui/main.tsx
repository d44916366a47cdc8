import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
// First, so that every part can say otherwise.
import "./style/tokens.css";
import "./style/base.css";
import { App } from "./app.tsx";
import { readerClient } from "./data/client.ts";
import { askFirst } from "./data/first-asked.ts";

const place = document.getElementById("reader");
if (place === null) throw new Error("index.html has no #reader");
const client = readerClient();
void askFirst(client, window.location.hash).catch(() => undefined);
createRoot(place).render(
  <StrictMode>
    <App client={client} />
  </StrictMode>,
);
