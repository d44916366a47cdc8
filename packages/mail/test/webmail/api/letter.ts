// A message as octets, taken apart by the plainest reading of RFC 5322: what the octets say, whoever wrote them.

export interface Letter {
  /** Name in lower case and unfolded value, in the order they stand. */
  readonly fields: readonly (readonly [string, string])[];
  /** Of a field that stands once; undefined for none. */
  readonly field: (name: string) => string | undefined;
  readonly head: string;
  readonly body: string;
}

export function letterOf(octets: Uint8Array): Letter {
  const text = Buffer.from(octets).toString("latin1");
  const end = text.indexOf("\r\n\r\n");
  const head = text.slice(0, end);
  const fields = head
    .replaceAll(/\r\n[ \t]+/g, " ")
    .split("\r\n")
    .map((line) => {
      const [, name = "", value = ""] = /^([\x21-\x39\x3b-\x7e]+): ?(.*)$/s.exec(line) ?? [];
      if (name === "") throw new Error(`this is no header field: ${JSON.stringify(line)}`);
      return [name.toLowerCase(), value] as const;
    });
  return {
    fields,
    head,
    body: text.slice(end + 4),
    field: (wanted) => fields.find(([name]) => name === wanted)?.[1],
  };
}

/** Everything RFC 5322 §2.1.1 and RFC 5321 §4.5.3.1.6 forbid on the way; empty when there is nothing. */
export function faultsOf(octets: Uint8Array): readonly string[] {
  const text = Buffer.from(octets).toString("latin1");
  const longest = Math.max(...text.split("\r\n").map((line) => line.length));
  return [
    ...(/\r(?!\n)/.test(text) ? ["a bare CR"] : []),
    ...(/(?<!\r)\n/.test(text) ? ["a bare LF"] : []),
    ...(text.includes("\0") ? ["a NUL"] : []),
    ...(longest > 998 ? [`a line of ${longest} octets`] : []),
    ...(/[^\x20-\x7e\r\n\t]/.test(asciiOf(letterOf(octets))) ? ["a header beyond ASCII"] : []),
  ];
}

/** RFC 6532 §3.2: an address beyond ASCII cannot be written otherwise. */
function asciiOf({ fields }: Letter): string {
  return fields.map(([, value]) => value.replaceAll(/[^\s<>,@]+@[^\s<>,]+/g, "")).join(" ");
}
