// Which faults apply to a reply.
import type { FaultEffects, PeerFault } from "./options.ts";

/** What a reply is an answer to. */
export interface ReplyPlace {
  readonly connection: number;
  /** A command without its line end, or `greeting`, `RESPONSE n`; `login` and `connection` are for faults on just these. */
  readonly command: string;
}

/** Places that are no reply of their own. */
const APART: ReadonlySet<string> = new Set(["connection", "login"]);

/** The faults of a peer, and how often each has applied. */
export class FaultBook {
  #rows: { readonly fault: PeerFault; matched: number }[] = [];

  constructor(faults: readonly PeerFault[]) {
    this.script(faults);
  }

  script(faults: readonly PeerFault[]): void {
    this.#rows = faults.map((fault) => ({ fault, matched: 0 }));
  }

  /** Counts as one use of every fault that applies. */
  effectsOn(place: ReplyPlace): FaultEffects {
    const applying = this.#rows.filter(({ fault }) => isAt(fault, place)).filter(takeTurn);
    return Object.assign({}, ...applying.map(({ fault }) => fault)) as FaultEffects;
  }
}

function takeTurn(row: { readonly fault: PeerFault; matched: number }): boolean {
  const { skip = 0, times = Infinity } = row.fault;
  row.matched += 1;
  return row.matched > skip && row.matched <= skip + times;
}

function isAt({ on, connection }: PeerFault, place: ReplyPlace): boolean {
  if (connection !== undefined && ![connection].flat().includes(place.connection)) return false;
  if (on === "connection" || on === "login" || APART.has(place.command)) return on === place.command;
  if (on instanceof RegExp) return on.test(place.command);
  return on === "*" || leads(on, place.command);
}

/** Whole words, in any case. */
function leads(on: string, command: string): boolean {
  const said = command.toUpperCase();
  const wanted = on.toUpperCase();
  return said === wanted || said.startsWith(`${wanted} `);
}
