// Mailbox names as Maildir++ folders have them: modified UTF-7 (RFC 3501 §5.1.3).

/** The name in Unicode; the text itself when it is not modified UTF-7. */
export function decodeModifiedUtf7(text: string): string {
  if (!/^[ -~]*$/.test(text) || /&(?![A-Za-z0-9+,]*-)/.test(text)) return text;
  return text.replace(/&([A-Za-z0-9+,]*)-/g, (_, coded: string) => (coded === "" ? "&" : decodeRun(coded)));
}

/** The name in modified UTF-7; `also` names further ASCII characters to be coded. */
export function encodeModifiedUtf7(text: string, also: RegExp): string {
  let coded = "";
  let run = "";
  const flush = (): void => {
    if (run !== "") coded += `&${encodeRun(run)}-`;
    run = "";
  };
  for (const character of text) {
    if (!/[ -~]/.test(character) || also.test(character)) {
      run += character;
      continue;
    }
    flush();
    coded += character === "&" ? "&-" : character;
  }
  flush();
  return coded;
}

function decodeRun(coded: string): string {
  const octets = Buffer.from(coded.replace(/,/g, "/"), "base64");
  return octets
    .subarray(0, octets.length & ~1)
    .swap16()
    .toString("utf16le");
}

function encodeRun(text: string): string {
  return Buffer.from(text, "utf16le").swap16().toString("base64").replace(/=+$/, "").replace(/\//g, ",");
}
