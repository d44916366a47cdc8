// The first thing that runs: asks for what the first screen shows, and only then begins the program that shows it.
// First, so that every part can say otherwise.
import "./style/tokens.css";
import "./style/base.css";
import { askEarly } from "./data/early.ts";

askEarly(window.location.hash, document.documentElement.dataset);
void import("./start.tsx");
