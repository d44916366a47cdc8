// What a command may touch of its process.
import type { Readable, Writable } from "node:stream";

export interface Io {
  readonly stdin: Readable & { readonly isTTY?: boolean; setRawMode?(raw: boolean): unknown };
  readonly stdout: Writable & { readonly isTTY?: boolean };
  readonly stderr: Writable & { readonly isTTY?: boolean; readonly columns?: number; readonly rows?: number };
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** One JSON value on a line of its own. */
export function printJson(io: Io, value: unknown): void {
  io.stdout.write(`${JSON.stringify(value)}\n`);
}

/** One object with one list in it, printed as it grows: what is cut off in the middle is no JSON. */
export class JsonList {
  readonly #io: Io;
  #before: string;

  constructor(io: Io, name: string) {
    this.#io = io;
    this.#before = `{${JSON.stringify(name)}:[`;
  }

  push(value: unknown): void {
    this.#io.stdout.write(this.#before + JSON.stringify(value));
    this.#before = ",";
  }

  end(): void {
    this.#io.stdout.write(`${this.#before === "," ? "" : this.#before}]}\n`);
  }
}

export function printLine(io: Io, line: string): void {
  io.stdout.write(`${line}\n`);
}

export function warn(io: Io, line: string): void {
  io.stderr.write(`restante: ${line}\n`);
}

/** Rows under a heading, columns aligned; numbers to the right. */
export function printTable(io: Io, heading: readonly string[], rows: readonly (readonly (string | number)[])[]): void {
  const widths = heading.map((title, column) =>
    rows.reduce((widest, row) => Math.max(widest, String(row[column] ?? "").length), title.length),
  );
  const numeric = heading.map((_, column) => rows.length > 0 && rows.every((row) => typeof row[column] === "number"));
  const line = (cells: readonly (string | number)[]): string =>
    cells
      .map((cell, column) =>
        numeric[column] === true
          ? String(cell).padStart(widths[column] ?? 0)
          : String(cell).padEnd(widths[column] ?? 0),
      )
      .join("  ")
      .trimEnd();
  for (const row of [heading, ...rows]) printLine(io, line(row));
}

/** `npx restante` inside a clone, `restante` where it is installed. */
export function ownName(io: Io): string {
  return io.env["npm_lifecycle_event"] === undefined ? "restante" : "npx restante";
}
