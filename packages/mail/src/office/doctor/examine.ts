// The doctor's round: each examination gives findings, and each finding that is not well says what to do.
import type { Finding } from "../../mailstore/index.ts";
import type { OperationContext } from "../operations/definition.ts";
import { certificateHealth } from "./certificate.ts";
import { clockHealth } from "./clock.ts";
import { diskHealth } from "./disk.ts";
import { listenerHealth } from "./listeners.ts";
import { permissionHealth } from "./permissions.ts";

/** A finding with the part it is about. */
export interface ExaminedFinding extends Finding {
  readonly part: "store" | "index" | "disk" | "files" | "listeners" | "certificate" | "clock";
}

/** Looks at everything; a look that fails is itself a finding. */
export async function examine(context: OperationContext): Promise<readonly ExaminedFinding[]> {
  const round: readonly (readonly [ExaminedFinding["part"], () => readonly Finding[] | Promise<readonly Finding[]>])[] =
    [
      ["store", () => context.store.check()],
      ["index", () => context.live?.indexHealth() ?? []],
      ["disk", () => diskHealth(context.dataDir)],
      ["files", () => permissionHealth(context.dataDir)],
      ["clock", () => clockHealth(context)],
      ["certificate", () => certificateHealth(context.live, Date.now())],
      ["listeners", () => listenerHealth(context.live)],
    ];
  const found: ExaminedFinding[] = [];
  for (const [part, look] of round) for (const finding of await lookAt(look)) found.push({ part, ...finding });
  return found;
}

async function lookAt(look: () => readonly Finding[] | Promise<readonly Finding[]>): Promise<readonly Finding[]> {
  try {
    return await look();
  } catch (error) {
    return [
      {
        what: `could not be examined: ${error instanceof Error ? error.message : String(error)}`,
        severity: "error",
        repair: "read the log for the cause",
      },
    ];
  }
}
