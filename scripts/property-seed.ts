// Loaded before every test file: properties without a seed of their own take the run's, so that a run can be repeated.
import { configureGlobal } from "fast-check";

const seed = Number(process.env["RESTANTE_SEED"]);
if (Number.isSafeInteger(seed)) configureGlobal({ seed });
