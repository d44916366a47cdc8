// Opens every listener of a configuration, or none: the first that cannot be opened is told with what to do.
import type { Pop3Server } from "@restante/pop/server";
import { PROTOCOLS, renderListenAddress, type Config, type ListenAddress, type Protocol } from "../config/index.ts";
import type { LmtpServer } from "../delivery/index.ts";
import type { WebServer } from "../webmail/api/index.ts";
import { OfficeError } from "./office-error.ts";

/** One open listener. */
export interface Listener {
  readonly protocol: Protocol;
  /** The address, or the path of a Unix socket. */
  readonly address: string;
  /** Null for a Unix socket. */
  readonly port: number | null;
  /** TLS from the first octet. */
  readonly tls: boolean;
}

export interface Servers {
  readonly pop3: Pop3Server;
  readonly lmtp: LmtpServer;
  readonly web: WebServer;
}

type Open = (servers: Servers, address: ListenAddress) => Promise<Listener>;

const OPEN: Readonly<Record<Protocol, Open>> = {
  pop3: cleartext("pop3"),
  pop3s: insideTls("pop3"),
  pop2: cleartext("pop2"),
  pop2s: insideTls("pop2"),
  pop1: cleartext("pop1"),
  pop1s: insideTls("pop1"),
  lmtp: async ({ lmtp }, address) => {
    const open = await lmtp.listen(address.kind === "tcp" ? tcp(address) : { path: address.path });
    return { protocol: "lmtp", tls: false, ...("path" in open ? { address: open.path, port: null } : open) };
  },
  web: async ({ web }, address) => ({ protocol: "web", tls: false, ...(await web.listen(tcp(address))) }),
};

type Generation = "pop3" | "pop2" | "pop1";

function cleartext(generation: Generation): Open {
  return async ({ pop3 }, address) => ({
    protocol: generation,
    tls: false,
    ...(await pop3.listen({ ...tcp(address), generation })),
  });
}

function insideTls(generation: Generation): Open {
  return async ({ pop3 }, address) => ({
    protocol: `${generation}s`,
    tls: true,
    ...(await pop3.listenTls({ ...tcp(address), generation })),
  });
}

/** Opens them in the order of the protocols. Throws OfficeError `port-taken`, `port-forbidden` or `cannot-listen`. */
export async function openListeners(
  config: Pick<Config, "listen" | "file">,
  servers: Servers,
): Promise<readonly Listener[]> {
  const listeners: Listener[] = [];
  for (const protocol of PROTOCOLS) {
    const open = OPEN[protocol];
    for (const address of config.listen[protocol])
      listeners.push(await openOne({ protocol, address, file: config.file, open: () => open(servers, address) }));
  }
  return listeners;
}

async function openOne(o: {
  readonly protocol: Protocol;
  readonly address: ListenAddress;
  readonly file: string | undefined;
  readonly open: () => Promise<Listener>;
}): Promise<Listener> {
  try {
    return await o.open();
  } catch (error) {
    const code = String((error as NodeJS.ErrnoException).code);
    const trouble = TROUBLE[code] ?? { code: "cannot-listen", text: `cannot be opened (${code})` };
    throw new OfficeError(
      trouble.code,
      `${o.protocol} ${renderListenAddress(o.address)} ${trouble.text}; ${remedy(o, code)}`,
      { cause: error },
    );
  }
}

const TROUBLE: Readonly<
  Record<string, { readonly code: "port-taken" | "port-forbidden" | "cannot-listen"; readonly text: string }>
> = {
  EADDRINUSE: { code: "port-taken", text: "is taken by another program" },
  EACCES: { code: "port-forbidden", text: "may not be opened by this user" },
  EADDRNOTAVAIL: { code: "cannot-listen", text: "is no address of this machine" },
  ENOTFOUND: { code: "cannot-listen", text: "has a host name that is not known" },
  EAFNOSUPPORT: { code: "cannot-listen", text: "is of a kind this machine does not speak" },
};

function remedy(
  o: { readonly protocol: Protocol; readonly address: ListenAddress; readonly file: string | undefined },
  code: string,
): string {
  const { protocol, address, file } = o;
  // Another port helps where it is taken; under a host name nobody knows, none does.
  const host = address.kind === "tcp" && code !== "ENOTFOUND" ? address.host : "127.0.0.1";
  const free = address.kind === "tcp" ? renderListenAddress({ kind: "tcp", host, port: 0 }) : "unix:/another/path";
  const flag = `--listen ${protocol}=${free}${address.kind === "tcp" ? " (port 0 picks a free one)" : ""}`;
  return file === undefined
    ? `choose another with ${flag}`
    : `choose another with listen.${protocol} in ${file}, or with ${flag}`;
}

function tcp(address: ListenAddress): { readonly host: string; readonly port: number } {
  if (address.kind === "tcp") return address;
  throw new Error("the schema accepts no Unix socket here");
}

/** `pop3 on 127.0.0.1:1110`. */
export function describeListener(listener: Listener): string {
  const { protocol, address, port } = listener;
  return `${protocol} on ${renderListenAddress(port === null ? { kind: "unix", path: address } : { kind: "tcp", host: address, port })}`;
}
