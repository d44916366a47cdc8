// What the hands of a clock show, counted in milliseconds as if they were those of UTC: nothing but a way to compute with it.

/** Of `20260320T130000`, with and without a Z, and of the day `20260320`; undefined where there is no such day or time. */
export function wallTime(value: string): number | undefined {
  const [, year, month, day, hour = "0", minute = "0"] =
    /^(\d{4})(\d{2})(\d{2})(?:T(\d{2})(\d{2})\d{2}Z?)?$/.exec(value) ?? [];
  if (year === undefined || Number(year) < 1_000 || Number(hour) > 23 || Number(minute) > 59) return undefined;
  const wall = Date.UTC(Number(year), Number(month) - 1, Number(day), Number(hour), Number(minute));
  // The 31st of June is one of July.
  const isReal = new Date(wall).getUTCMonth() === Number(month) - 1 && new Date(wall).getUTCDate() === Number(day);
  return isReal ? wall : undefined;
}

/** The `nth` of those weekdays in a month (1 to 12), its last one for -1; undefined where it has no such. Sunday is 0. */
export function weekdayOfMonth(o: {
  readonly year: number;
  readonly month: number;
  readonly nth: number;
  readonly weekday: number;
}): number | undefined {
  const first = 1 + ((7 + o.weekday - new Date(Date.UTC(o.year, o.month - 1, 1)).getUTCDay()) % 7);
  const days = new Date(Date.UTC(o.year, o.month, 0)).getUTCDate();
  const last = first + 7 * Math.floor((days - first) / 7);
  const day = o.nth < 0 ? last : first + 7 * (o.nth - 1);
  return day <= days ? day : undefined;
}
