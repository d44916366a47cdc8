// The text of a calendar (RFC 5545 §3.1, §3.4) as components within one another, each with its properties.

export interface Property {
  readonly parameters: string;
  readonly value: string;
}

export interface Component {
  /** In capitals. */
  readonly kind: string;
  /** By names in capitals; of those that are there more than once the first. */
  readonly properties: ReadonlyMap<string, Property>;
  readonly parts: readonly Component[];
}

interface Open extends Component {
  readonly properties: Map<string, Property>;
  readonly parts: Open[];
}

/** Undefined where there is no calendar. */
export function calendarOf(text: string): Component | undefined {
  const outside = component("");
  const open = [outside];
  // A line goes on where the next one begins with white space.
  for (const line of text.replace(/\r?\n[ \t]/g, "").split(/\r?\n/)) {
    const [, name = "", parameters = "", value = ""] =
      /^([A-Za-z0-9-]{1,60})((?:;[^:"]*(?:"[^"]*"[^:"]*)*)?):(.*)$/.exec(line) ?? [];
    const key = name.toUpperCase();
    const within = open.at(-1) ?? outside;
    if (key === "BEGIN") {
      const begun = component(value.trim().toUpperCase());
      within.parts.push(begun);
      open.push(begun);
    } else if (key === "END") open.pop();
    else if (key !== "" && !within.properties.has(key)) within.properties.set(key, { parameters, value });
  }
  return outside.parts.find(({ kind }) => kind === "VCALENDAR");
}

function component(kind: string): Open {
  return { kind, properties: new Map(), parts: [] };
}

/** The value of a parameter; empty where it has none. */
export function parameter(property: Property | undefined, name: "CN" | "TZID"): string {
  const [, quoted, bare] = PARAMETERS[name].exec(property?.parameters ?? "") ?? [];
  return quoted ?? bare ?? "";
}

const PARAMETERS = { CN: /;CN=(?:"([^"]*)"|([^;:"]*))/i, TZID: /;TZID=(?:"([^"]*)"|([^;:"]*))/i } as const;
