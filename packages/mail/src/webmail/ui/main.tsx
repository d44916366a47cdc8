// The first thing that runs: asks for what the first screen shows, paints it, and only then begins the program that does
// the rest.
// First, so that every part can say otherwise.
import "./style/tokens.css";
import "./style/base.css";
import { askEarly } from "./data/early.ts";
import { defer } from "./first/deferred.ts";
import { type Painted, paintFailure, paintFirst } from "./first/first-paint.tsx";

/** The program is sent for after this in any case: it can say that an answer takes long. */
const PATIENCE_MS = 1_000;
/** A page nobody looks at has no frames. */
const FRAMES_MS = 500;

async function begin(place: HTMLElement): Promise<void> {
  askEarly(window.location.hash, document.documentElement.dataset);
  const deferring = defer(place);
  let painted: Painted = "nothing";
  let isWanted = true;
  const painting = paintFirst(place, () => isWanted).then(
    (how) => {
      painted = how;
    },
    (error: unknown) => {
      console.error(error);
      place.replaceChildren();
    },
  );
  await Promise.race([painting, after(PATIENCE_MS)]);
  // Compiling the program keeps the page busy: what is painted is to be seen before.
  if (place.hasChildNodes()) await Promise.race([twoFrames(), after(FRAMES_MS)]);
  const { start } = await import("./start.tsx");
  isWanted = false;
  await start({
    place,
    painted,
    onDrawn() {
      performance.mark("restante:usable");
      void deferring.act();
    },
  });
}

function after(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** The second frame begins after the first was painted; behind it, what came meanwhile has its turn. */
function twoFrames(): Promise<void> {
  return new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(resolve))));
}

const place = document.getElementById("reader");
if (place === null) throw new Error("index.html has no #reader");
begin(place).catch((error: unknown) => {
  console.error(error);
  paintFailure(place);
});
