// How operations travel over the control socket: HTTP/1.1, one POST each.
//   POST /operations/NAME         input as JSON in the body, or in ?input= when the body is octets
//   value:  {"result": …}         rows: one {"row": …} a line, then {"end": true}        octets: as they are
//   error:  {"error": {"code", "message"}}; among rows as their last line; octets are cut short
// The socket is in a directory of mode 0700: who can reach it is its owner.

export const PREFIX = "/operations/";
export const INPUT_OCTETS_MAX = 65_536;
/** Neither side may be silent for longer while an operation runs. */
export const SILENCE_MS = 600_000;

/** An error as it travels. Codes are stable, texts are for the person at the keyboard. */
export interface WireError {
  readonly code: string;
  readonly message: string;
}

export const CONTENT = {
  json: "application/json",
  rows: "application/x-ndjson",
  octets: "application/octet-stream",
} as const;
