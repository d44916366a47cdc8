// Which user of this machine is at the other end of a connection. A cookie knows no ports (RFC 6265 §8.5): whoever listens at
// another port gets the session of a browser that opens a page of theirs there. A connection of its person they cannot make.
import { readFile } from "node:fs/promises";
import { endianness } from "node:os";
import type { Socket } from "node:net";

/** Of a connection, what its other end is known by. */
export type Peer = Pick<Socket, "remoteAddress" | "remotePort" | "localAddress" | "localPort">;

const known = new WeakMap<Peer, Promise<number | undefined>>();

/**
 * The user's id, asked once for each connection. Undefined where nobody knows: the other end is on another machine, behind
 * something that hands on, or gone, or the system is not Linux.
 */
export function peerUser(peer: Peer): Promise<number | undefined> {
  const user = known.get(peer) ?? lookUp(peer).catch(() => undefined);
  known.set(peer, user);
  return user;
}

async function lookUp({ remoteAddress = "", remotePort = 0, localAddress = "", localPort = 0 }: Peer) {
  // What it is to its own end: first that end, then ours.
  const from = inTables(remoteAddress, remotePort);
  const to = inTables(localAddress, localPort);
  for (const table of ["tcp", "tcp6"] as const) {
    const [own, other] = [from?.[table], to?.[table]];
    if (own === undefined || other === undefined) continue;
    const user = userIn(await readFile(`/proc/self/net/${table}`, "latin1"), `: ${own} ${other} `);
    if (user !== undefined) return user;
  }
  return undefined;
}

/** proc_pid_net(5): after both ends come state, queues, timer, retransmissions, user, time-out and inode. */
function userIn(table: string, ends: string): number | undefined {
  const at = table.indexOf(ends);
  if (at < 0) return undefined;
  const [, , , , user, , inode] = table
    .slice(at + ends.length, table.indexOf("\n", at))
    .trim()
    .split(/\s+/);
  // What nobody holds open any more is said to be root's.
  return user === undefined || inode === "0" ? undefined : Number(user);
}

const MAPPED = /^(?:::ffff:)?(127\.\d{1,3}\.\d{1,3}\.\d{1,3})$/;

/** An end on loopback as each table has it; undefined for any other. */
function inTables(address: string, port: number): Partial<Record<"tcp" | "tcp6", string>> | undefined {
  const at = `:${port.toString(16).toUpperCase().padStart(4, "0")}`;
  if (address === "::1") return { tcp6: words([0, 0, 0, 1]) + at };
  const [, four] = MAPPED.exec(address) ?? [];
  if (four === undefined) return undefined;
  const word = Buffer.from(four.split(".").map(Number)).readUInt32BE();
  return { tcp: words([word]) + at, tcp6: words([0, 0, 0xffff, word]) + at };
}

/** Of an address in the network's order, as a processor that reads it as numbers of its own writes them. */
function words(address: readonly number[]): string {
  const own = endianness() === "LE" ? "readUInt32LE" : "readUInt32BE";
  return address
    .map((word) => {
      const octets = Buffer.alloc(4);
      octets.writeUInt32BE(word);
      return octets[own]().toString(16).toUpperCase().padStart(8, "0");
    })
    .join("");
}
