// What no single key can say: rules between keys, and settings that work but deserve a warning.
import type { RawProblem } from "./problem.ts";
import { PROTOCOLS, type Settings } from "./schema.ts";
import { sourceChecks } from "./sources.ts";
import { isLoopback, renderDuration, renderListenAddress } from "./values.ts";

/** RFC 1939 §3: an inactivity timer of at least ten minutes. */
const IDLE_MS_OF_THE_RFC = 600_000;

export function crossChecks(settings: Settings): {
  readonly problems: readonly RawProblem[];
  readonly warnings: readonly RawProblem[];
} {
  return {
    problems: [
      ...tlsPair(settings),
      ...lmtpPort(settings),
      ...webAddress(settings),
      ...sameAddress(settings),
      ...familyCleartext(settings),
      ...logTarget(settings),
      ...sourceChecks(settings),
    ],
    warnings: [...idleTime(settings), ...openLmtp(settings)],
  };
}

function tlsPair({ tls }: Settings): readonly RawProblem[] {
  if (tls.certificate !== undefined && tls.key === undefined)
    return [{ path: ["tls", "certificate"], text: 'a certificate without its key; add key = "FILE" below it' }];
  if (tls.key !== undefined && tls.certificate === undefined)
    return [{ path: ["tls", "key"], text: 'a key without its certificate; add certificate = "FILE" above it' }];
  // The self-signed one would be shown for every other name, and no list says so.
  if (tls.sni.length > 0 && tls.certificate === undefined)
    return [
      {
        path: ["tls", "sni"],
        text: "certificates for other names without one for the rest; name certificate and key in [tls] too",
      },
    ];
  return [];
}

function lmtpPort({ listen }: Settings): readonly RawProblem[] {
  // RFC 2033 §5: LMTP must not be used on TCP port 25, where SMTP is spoken.
  return listen.lmtp.some((address) => address.kind === "tcp" && address.port === 25)
    ? [
        {
          path: ["listen", "lmtp"],
          text: 'LMTP never listens on port 25, which is SMTP\'s; write another port, such as "127.0.0.1:24"',
        },
      ]
    : [];
}

/** LMTP has no login: whoever reaches it can fill every mailbox. */
function openLmtp({ listen }: Settings): readonly RawProblem[] {
  return listen.lmtp
    .filter((address) => address.kind === "tcp" && !isLoopback(address.host))
    .map((address) => ({
      path: ["listen", "lmtp"],
      text: `whoever reaches ${renderListenAddress(address)} can deliver, for LMTP has no login; keep it on loopback, on a Unix socket or on a network of your own`,
    }));
}

/** Whoever reaches it and has its token reads all mail, and nothing between is encrypted. */
function webAddress({ listen }: Settings): readonly RawProblem[] {
  const open = listen.web.find((address) => address.kind === "tcp" && !isLoopback(address.host));
  return open === undefined
    ? []
    : [
        {
          path: ["listen", "web"],
          text: `the reader listens on this machine alone; write "127.0.0.1:8025", and put a proxy with TLS in front of it`,
        },
      ];
}

function sameAddress({ listen }: Settings): readonly RawProblem[] {
  const taken = new Map<string, string>();
  const problems: RawProblem[] = [];
  for (const protocol of PROTOCOLS) {
    for (const address of listen[protocol]) {
      const text = renderListenAddress(address);
      const other = taken.get(text);
      if (other !== undefined && !text.endsWith(":0"))
        problems.push({ path: ["listen", protocol], text: `${text} is taken by listen.${other}; choose another port` });
      taken.set(text, protocol);
    }
  }
  return problems;
}

/** RFC 918 and RFC 937 know no login but a password that everybody on the way can read. */
function familyCleartext({ listen, family_cleartext: where }: Settings): readonly RawProblem[] {
  if (where === "anywhere") return [];
  return (["pop2", "pop1"] as const).flatMap((protocol) =>
    listen[protocol]
      .filter((address) => address.kind === "tcp" && !isLoopback(address.host))
      .map((address) => ({
        path: ["listen", protocol],
        text: `${renderListenAddress(address)} would let passwords cross the network in the clear; listen on 127.0.0.1, use ${protocol}s, or write family_cleartext = "anywhere"`,
      })),
  );
}

function logTarget({ log, data }: Settings): readonly RawProblem[] {
  return log.destination === data
    ? [{ path: ["log", "destination"], text: "is the data directory; write the path of a file in it" }]
    : [];
}

function idleTime({ limits }: Settings): readonly RawProblem[] {
  if (limits.idle >= IDLE_MS_OF_THE_RFC) return [];
  return [
    {
      path: ["limits", "idle"],
      text: `${renderDuration(limits.idle)} departs from RFC 1939 section 3, which asks for at least 10m; some mail programs will lose their session`,
    },
  ];
}
