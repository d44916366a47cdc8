/** A size for people: three figures and a unit. */
export function renderOctets(octets: number): string {
  const units = ["octets", "kB", "MB", "GB", "TB"];
  let value = octets;
  let unit = 0;
  while (value >= 1_000 && unit < units.length - 1) {
    value /= 1_000;
    unit += 1;
  }
  return `${unit === 0 ? value : value.toPrecision(3)} ${units[unit] ?? ""}`;
}

/** A span of time for people: its largest unit. */
export function renderSpan(ms: number): string {
  const units: readonly (readonly [string, number])[] = [
    ["days", 86_400_000],
    ["hours", 3_600_000],
    ["minutes", 60_000],
    ["seconds", 1_000],
  ];
  const [name, size] = units.find(([, length]) => ms >= 2 * length) ?? ["seconds", 1_000];
  return `${Math.floor(ms / size)} ${name}`;
}
