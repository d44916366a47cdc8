// When a message was sent, as far as it can be believed.
import type { Header } from "../mime/header.ts";

const MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
// RFC 5322 §4.3: names of zones, in minutes.
const ZONES = new Map([
  ["ut", 0],
  ["gmt", 0],
  ["utc", 0],
  ["z", 0],
  ["est", -300],
  ["edt", -240],
  ["cst", -360],
  ["cdt", -300],
  ["mst", -420],
  ["mdt", -360],
  ["pst", -480],
  ["pdt", -420],
]);
const DATE =
  /^(?:[a-z]{3,9}\s*,?\s*)?(\d{1,2})[\s-]+([a-z]{3})[a-z]{0,6}[\s-]+(\d{2,4})\s+(\d{1,2}):(\d{2})(?::(\d{2}))?(?:\.\d{1,9})?\s*([+-]\d{4}|[a-z]{1,4})?/i;
const DAY_MS = 86_400_000;
/** Mail between computers began then. */
const EARLIEST = Date.UTC(1971, 0, 1);

/** The moment a Date field names, in milliseconds since the epoch; undefined when it names none. */
export function readDate(value: string): number | undefined {
  const found = DATE.exec(
    value
      .slice(0, 200)
      .replace(/\([^()]*\)/g, " ")
      .trim(),
  );
  if (found === null) return undefined;
  const [, day = "", month = "", year = "", hour = "", minute = "", second = "0", zone = "+0000"] = found;
  const monthIndex = MONTHS.indexOf(month.toLowerCase());
  const offset = zoneMinutes(zone);
  if (monthIndex === -1 || offset === undefined) return undefined;
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 60 || Number(day) < 1) return undefined;
  const days = new Date(Date.UTC(fullYear(year), monthIndex, Number(day)));
  if (days.getUTCMonth() !== monthIndex) return undefined;
  return days.getTime() + ((Number(hour) * 60 + Number(minute) - offset) * 60 + Number(second)) * 1_000;
}

/**
 * The Date field when it is neither before there was mail nor a day after the message came in, else the topmost Received
 * field, else undefined. `now` bounds a message no server stamped.
 */
export function sentAt(header: Header, now: number): number | undefined {
  const stamp = header.raw("received");
  const received = believed(readDate(stamp.slice(stamp.lastIndexOf(";") + 1)), now);
  return believed(readDate(header.raw("date")), received ?? now) ?? received;
}

function believed(moment: number | undefined, latest: number): number | undefined {
  return moment !== undefined && moment >= EARLIEST && moment <= latest + DAY_MS ? moment : undefined;
}

// RFC 5322 §4.3: two digits below 50 are of this century, three or more of them count from 1900.
function fullYear(year: string): number {
  if (year.length === 4) return Number(year);
  return Number(year) + (year.length === 2 && Number(year) < 50 ? 2_000 : 1_900);
}

function zoneMinutes(zone: string): number | undefined {
  const digits = /^([+-])(\d{2})(\d{2})$/.exec(zone);
  // RFC 5322 §4.3: a name nobody knows is taken as UTC.
  if (digits === null) return ZONES.get(zone.toLowerCase()) ?? 0;
  const [, sign, hours, minutes] = digits;
  if (Number(hours) > 14 || Number(minutes) > 59) return undefined;
  return (sign === "-" ? -1 : 1) * (Number(hours) * 60 + Number(minutes));
}
