import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
// First, so that every part can say otherwise.
import "./style/tokens.css";
import "./style/base.css";
import { App } from "./app.tsx";

const place = document.getElementById("reader");
if (place === null) throw new Error("index.html has no #reader");
createRoot(place).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
