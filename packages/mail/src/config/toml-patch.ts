// toml-patch, loaded when it is needed: few commands edit a configuration or say where a value stands, and it is as much
// to compile as the rest of what reads one.
import { createRequire } from "node:module";
import type * as TomlPatch from "@decimalturn/toml-patch";

export const loadTomlPatch = (): typeof TomlPatch =>
  createRequire(import.meta.url)("@decimalturn/toml-patch") as typeof TomlPatch;
