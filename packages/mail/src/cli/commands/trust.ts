// --pin and --ca, for whoever talks to a server.
import { readFileSync } from "node:fs";
import { holdsCertificate, isPin } from "../../config/index.ts";
import { text, texts, type OptionValues } from "../command.ts";
import { CliError } from "../failure.ts";

/** What is written behind --pin, once or several times. Throws CliError `usage`. */
export function pinsOf(values: OptionValues): readonly string[] {
  const single = text(values, "pin");
  const pins = single === undefined ? texts(values, "pin") : [single];
  const wrong = pins.find((pin) => !isPin(pin));
  if (wrong === undefined) return pins;
  throw new CliError(
    "usage",
    `--pin ${wrong} is no pin; write sha256/BASE64 of the server's public key, or the SHA-256 fingerprint of its certificate`,
  );
}

/** The PEM in the file behind --ca. Throws CliError `usage`. */
export function caOf(values: OptionValues): string | undefined {
  const path = text(values, "ca");
  if (path === undefined) return undefined;
  const pem = fileText(path);
  // Node takes a file without any for no issuer at all, and says of every certificate that nobody vouches for it.
  if (holdsCertificate(pem)) return pem;
  throw new CliError("usage", `--ca ${path} holds no certificate; name a PEM file, with BEGIN CERTIFICATE in it`);
}

function fileText(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (cause) {
    throw new CliError("usage", `--ca ${path} cannot be read (${(cause as NodeJS.ErrnoException).code})`, { cause });
  }
}

/** Whoever makes a certificate may give it dates that are none. */
export function certificateDay(date: Date): string {
  return Number.isNaN(date.getTime()) ? "an unknown day" : date.toISOString().slice(0, 10);
}
