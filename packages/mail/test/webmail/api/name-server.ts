// A name server on loopback that answers what a test says, or nothing.
import { createSocket } from "node:dgram";
import { once } from "node:events";
import type { TestContext } from "node:test";

export interface NameServer {
  /** As a resolver wants it. */
  readonly address: string;
  /** Resolves when so many questions were asked. */
  readonly heard: (questions: number) => Promise<void>;
}

const KINDS: ReadonlyMap<number, "A" | "AAAA"> = new Map([
  [1, "A"],
  [28, "AAAA"],
]);

/** `answer` has the octets of the addresses of a kind; undefined when nothing is answered. */
export async function nameServer(
  context: TestContext,
  answer: (kind: "A" | "AAAA") => readonly Buffer[] | undefined,
): Promise<NameServer> {
  const socket = createSocket("udp4");
  let questions = 0;
  socket.on("message", (question, from) => {
    questions += 1;
    socket.emit("asked");
    // The name ends with an empty label, then its type and class.
    const end = question.indexOf(0, 12) + 5;
    const addresses = answer(KINDS.get(question.readUInt16BE(end - 4)) ?? "A");
    if (addresses === undefined) return;
    const header = Buffer.from("000081800001000000000000", "hex");
    question.copy(header, 0, 0, 2);
    header.writeUInt16BE(addresses.length, 6);
    const records = addresses.flatMap((octets) => {
      // Its name is a pointer to that of the question.
      const record = Buffer.from("c00c000000010000003c0000", "hex");
      record.writeUInt16BE(octets.length === 16 ? 28 : 1, 2);
      record.writeUInt16BE(octets.length, 10);
      return [record, octets];
    });
    socket.send(Buffer.concat([header, question.subarray(12, end), ...records]), from.port, from.address);
  });
  await once(socket.bind(0, "127.0.0.1"), "listening");
  context.after(() => socket.close());
  return {
    address: `127.0.0.1:${socket.address().port}`,
    async heard(wanted) {
      while (questions < wanted) await once(socket, "asked");
    },
  };
}
