// What the domain itself says: SRV records (RFC 6186 §3.3), implicit TLS before STLS (RFC 8314 §5.1).

/** As node:dns gives it. */
export interface SrvRecord {
  readonly name: string;
  readonly port: number;
  readonly priority: number;
  readonly weight: number;
}

/** Asks the DNS. Resolves with nothing when there is no such record; rejects when nobody can be asked. */
export interface MailResolver {
  srv(name: string): Promise<readonly SrvRecord[]>;
  /** From 0 to 1, 1 left out; draws among records of the same priority. */
  readonly random?: () => number;
}

export interface Place {
  readonly host: string;
  readonly port: number;
  readonly tls: "implicit" | "stls-required";
}

export interface SrvAnswer {
  readonly places: readonly Place[];
  /** The domain says that it has no POP3 at all: every record names "." (RFC 6186 §3.4). */
  readonly isRefused: boolean;
}

export async function askDomain(domain: string, resolver: MailResolver): Promise<SrvAnswer> {
  const [secure, plain] = await Promise.all([
    resolver.srv(`_pop3s._tcp.${domain}`),
    resolver.srv(`_pop3._tcp.${domain}`),
  ]);
  const random = resolver.random ?? Math.random;
  const places = [...inOrder(secure, "implicit", random), ...inOrder(plain, "stls-required", random)];
  return { places, isRefused: places.length === 0 && secure.length + plain.length > 0 };
}

/** RFC 2782: the lowest priority first; among equals by lot, each as likely to come next as its weight says. */
function inOrder(records: readonly SrvRecord[], tls: Place["tls"], random: () => number): readonly Place[] {
  const offered = records.filter(({ name }) => name !== "" && name !== ".");
  const priorities = [...new Set(offered.map(({ priority }) => priority))].sort((a, b) => a - b);
  return priorities
    .flatMap((priority) =>
      byLot(
        offered.filter((record) => record.priority === priority),
        random,
      ),
    )
    .map(({ name, port }) => ({ host: name.replace(/\.$/, "").toLowerCase(), port, tls }));
}

function byLot(records: readonly SrvRecord[], random: () => number): readonly SrvRecord[] {
  // Those of weight 0 first, so that they have a small chance of being drawn.
  const left = records.toSorted((a, b) => a.weight - b.weight);
  const drawn: SrvRecord[] = [];
  while (left.length > 0) {
    const all = left.reduce((sum, { weight }) => sum + weight, 0);
    const lot = Math.floor(random() * (all + 1));
    let sum = 0;
    const at = left.findIndex(({ weight }) => (sum += weight) >= lot);
    drawn.push(...left.splice(Math.max(at, 0), 1));
  }
  return drawn;
}
