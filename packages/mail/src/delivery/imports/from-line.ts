// The separator lines of an mbox: "From sender date" (RFC 4155 appendix A), with the dates that are really found there.

const DAY = "(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)";
const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const MONTH = `(?<month>${MONTHS.join("|")})`;
const TIME = "(?<hour>\\d{1,2}):(?<minute>\\d{2})(?::(?<second>\\d{2}))?";
const ZONE = "(?:[+-]\\d{4}|[A-Z][A-Za-z]{0,4})";
const DAYS = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];

const SEPARATORS = [
  // ctime, also with a zone before or behind the year
  new RegExp(
    `^From (?<sender>.*?) *${DAY} +${MONTH} +(?<day>\\d{1,2}) +${TIME}(?: +(?<zone1>${ZONE}))?(?: +${ZONE})? +(?<year>\\d{4})(?: +(?<zone2>${ZONE}))?(?: remote from .*)? *$`,
  ),
  // the date of RFC 5322
  new RegExp(
    `^From (?<sender>.*?) *${DAY}, +(?<day>\\d{1,2}) +${MONTH} +(?<year>\\d{4}) +${TIME}(?: +(?<zone1>${ZONE}))? *$`,
  ),
];

/** A separator line without its line end, taken apart; undefined for a line of a message that only begins like one. */
export function readFromLine(line: string): { readonly sender: string; readonly at: number } | undefined {
  for (const pattern of SEPARATORS) {
    const groups = pattern.exec(line)?.groups;
    if (groups !== undefined) return { sender: groups["sender"] ?? "", at: timeOf(groups) };
  }
  return undefined;
}

/** The separator line of RFC 4155: the time in UTC, as ctime writes it. No line end. */
export function writeFromLine(o: { readonly sender: string; readonly at: number }): string {
  const date = new Date(o.at);
  const two = (n: number): string => String(n).padStart(2, "0");
  const time = [date.getUTCHours(), date.getUTCMinutes(), date.getUTCSeconds()].map(two).join(":");
  const day = String(date.getUTCDate()).padStart(2, " ");
  return `From ${o.sender} ${DAYS[date.getUTCDay()]} ${MONTHS[date.getUTCMonth()]} ${day} ${time} ${date.getUTCFullYear()}`;
}

// A zone's name is not looked up: only an offset moves the time.
function timeOf(groups: Readonly<Record<string, string | undefined>>): number {
  const number = (name: string): number => Number(groups[name] ?? "0");
  const month = MONTHS.indexOf(groups["month"] ?? "");
  const local = Date.UTC(number("year"), month, number("day"), number("hour"), number("minute"), number("second"));
  const offset = /^([+-])(\d\d)(\d\d)$/.exec(groups["zone1"] ?? groups["zone2"] ?? "");
  if (offset === null) return local;
  const minutes = Number(offset[2]) * 60 + Number(offset[3]);
  return local - (offset[1] === "-" ? -minutes : minutes) * 60_000;
}
