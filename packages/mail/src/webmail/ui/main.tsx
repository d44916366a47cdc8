import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { App } from "./app.tsx";
import "./style/tokens.css";
import "./style/base.css";

const place = document.getElementById("reader");
if (place === null) throw new Error("index.html has no #reader");
createRoot(place).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
