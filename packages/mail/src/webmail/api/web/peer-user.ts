// Which user of this machine is at the other end of a connection. A cookie knows no ports (RFC 6265 §8.5): whoever listens at
// another port gets the session of a browser that opens a page of theirs there. A connection of its person they cannot make.
import { readFile } from "node:fs/promises";
import type { Socket } from "node:net";
import { endianness } from "node:os";

/** Both ends of a connection. A socket keeps the other end as it was first told: nothing of the reader may ask for it before this. */
export type Peer = Pick<Socket, "localAddress" | "localPort" | "remoteAddress" | "remotePort">;

type Table = "tcp" | "tcp6";
const TABLES: readonly Table[] = ["tcp", "tcp6"];
/** Said of those a namespace knows by no number of its own, whoever they are. */
const OVERFLOW_USER = 65_534;

const known = new WeakMap<Peer, Promise<number | undefined>>();

/**
 * The user's id, looked up once for each connection. Undefined where nobody knows: the other end is not on loopback, closed or
 * gone, or the system is not Linux or lets nobody look. Who hands on over loopback is known as the user they are themselves.
 * Throws what else goes wrong with reading.
 */
export function peerUser(peer: Peer): Promise<number | undefined> {
  const before = known.get(peer);
  if (before !== undefined) return before;
  const user = lookUp(peer);
  known.set(peer, user);
  // What could not be read now may be read for the next request.
  user.catch(() => known.delete(peer));
  return user;
}

async function lookUp(peer: Peer): Promise<number | undefined> {
  const to = endIn(peer.localAddress, peer.localPort);
  if (to === undefined) return undefined;
  const tables = await Promise.all(TABLES.map(readTable));
  // Asked for only now: a connection that was broken has no other end any more, and what stands between the same ends in the
  // table is somebody else's. While it lasts, there is none but it.
  const from = endIn(peer.remoteAddress, peer.remotePort);
  const users = TABLES.flatMap((table, at) => {
    const [own, other] = [from?.[table], to[table]];
    return own === undefined || other === undefined ? [] : usersIn(tables[at] ?? "", `: ${own} ${other} ${CONNECTED} `);
  });
  const [user] = users;
  return new Set(users).size === 1 && user !== OVERFLOW_USER ? user : undefined;
}

const UNKNOWN: ReadonlySet<unknown> = new Set(["ENOENT", "EACCES", "EPERM"]);

async function readTable(table: Table): Promise<string> {
  try {
    return await readFile(`/proc/self/net/${table}`, "latin1");
  } catch (error) {
    if (UNKNOWN.has((error as NodeJS.ErrnoException).code)) return "";
    throw error;
  }
}

/** The state of a connection that has two ends (TCP_ESTABLISHED). */
const CONNECTED = "01";

/** Of each row with these ends; proc_pid_net(5): behind its state queues, timer, retransmissions, user, time-out, inode. */
function usersIn(table: string, ends: string): number[] {
  const [, ...rows] = table.split(ends);
  return rows.flatMap((row) => {
    const [, , , user, , inode] = row.split("\n", 1)[0]?.trim().split(/\s+/) ?? [];
    // What nobody holds open any more is said to be root's.
    return user === undefined || inode === "0" ? [] : [Number(user)];
  });
}

const FOUR = /^(?:::ffff:)?(127\.\d{1,3}\.\d{1,3}\.\d{1,3})$/;

/** An end on loopback as each table has it; undefined for any other. */
function endIn(address = "", port = 0): Partial<Record<Table, string>> | undefined {
  const at = `:${port.toString(16).toUpperCase().padStart(4, "0")}`;
  if (address === "::1") return { tcp6: words([0, 0, 0, 1]) + at };
  const [, four] = FOUR.exec(address) ?? [];
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
