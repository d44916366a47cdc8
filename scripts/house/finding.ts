/** What a checker found: no problems, or each in one line. `read` says how much was looked at, so that "nothing" shows. */
export interface Verdict {
  readonly problems: readonly string[];
  readonly read: string;
}
