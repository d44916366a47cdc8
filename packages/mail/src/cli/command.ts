// What a subcommand is. Help, parsing and shell completion are made from these fields.
import type { Io } from "./io.ts";

export interface CliOption {
  readonly summary: string;
  /** Placeholder of its value; without one it is a switch. */
  readonly value?: string;
  readonly short?: string;
  /** May be given several times; its value is then a list. */
  readonly repeatable?: true;
  /** What a shell offers for its value. */
  readonly completes?: "file" | "directory" | readonly string[];
  /** Understood, so that its refusal can say what to do instead, and offered nowhere. */
  readonly hidden?: true;
}

export interface CliArgument {
  readonly name: string;
  readonly summary: string;
  readonly optional?: true;
  /** Given any number of times, none among them; the last of its command. Its values are in `lists`. */
  readonly many?: true;
  readonly completes?: "file" | "directory" | readonly string[];
}

export type OptionValues = Readonly<Record<string, string | boolean | readonly string[] | undefined>>;

export interface CommandInput {
  /** By the name of the argument; undefined for an optional one that was not given. */
  readonly arguments: Readonly<Record<string, string | undefined>>;
  /** By the name of an argument that may be given many times. */
  readonly lists: Readonly<Record<string, readonly string[]>>;
  /** By the long name of the option, without dashes. */
  readonly values: OptionValues;
}

export interface CliCommand {
  /** "up", or "account add". */
  readonly name: string;
  readonly summary: string;
  readonly arguments?: readonly CliArgument[];
  readonly options?: Readonly<Record<string, CliOption>>;
  /** Shown by --help; each begins with `restante`. */
  readonly examples: readonly string[];
  /** Resolves with the exit code. Throws CliError, OfficeError, OperationError, ConfigError. */
  run(input: CommandInput, io: Io): Promise<number>;
}

/** Every command has these. */
export const COMMON_OPTIONS: Readonly<Record<string, CliOption>> = {
  json: { summary: "print JSON for programs instead of text for people" },
  debug: { summary: "show where an error comes from" },
};

export function text(values: OptionValues, name: string): string | undefined {
  const value = values[name];
  return typeof value === "string" ? value : undefined;
}

export function isSet(values: OptionValues, name: string): boolean {
  return values[name] === true;
}

export function texts(values: OptionValues, name: string): readonly string[] {
  const value = values[name];
  return Array.isArray(value) ? (value as readonly string[]) : [];
}

/** An argument the table says is required, so that the parser has seen to it. */
export function argument(input: CommandInput, name: string): string {
  const value = input.arguments[name];
  if (value === undefined) throw new Error(`the command table lacks the argument ${name}`);
  return value;
}
