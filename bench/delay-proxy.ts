// A TCP proxy that puts a distance between both ends: every octet arrives half a round trip after it was sent, and a
// connection costs what its handshake would. No bandwidth limit, no loss. A program of its own, so that what it costs
// is not counted with anybody. Usage: node bench/delay-proxy.ts LISTEN_PORT TARGET_PORT ROUND_TRIP_MS
import { connect, createServer, type Socket } from "node:net";

/** Of octets under way in one direction; who sends more waits. */
const UNDER_WAY_MAX = 16_777_216;

const [listenPort = 0, targetPort = 0, roundTripMs = 0] = process.argv.slice(2).map(Number);
if (!(listenPort > 0 && targetPort > 0 && roundTripMs >= 0)) {
  console.error("usage: delay-proxy.ts LISTEN_PORT TARGET_PORT ROUND_TRIP_MS");
  process.exit(64);
}

const server = createServer({ noDelay: true, allowHalfOpen: true, pauseOnConnect: true }, (near) => {
  near.on("error", () => near.destroy());
  // SYN, SYN-ACK, ACK: the far end hears of the connection after one and a half round trips.
  setTimeout(() => {
    const far = connect({ port: targetPort, host: "127.0.0.1", noDelay: true, allowHalfOpen: true });
    far.on("error", () => near.destroy());
    near.on("close", () => far.destroy());
    carry(near, far);
    carry(far, near);
    near.resume();
  }, roundTripMs * 1.5);
});
server.listen(listenPort, "127.0.0.1");

/** Everything from one to the other, in order, half a round trip later. */
function carry(from: Socket, to: Socket): void {
  let underWay = 0;
  from.on("data", (chunk: Buffer) => {
    underWay += chunk.length;
    if (underWay > UNDER_WAY_MAX) from.pause();
    setTimeout(() => {
      underWay -= chunk.length;
      if (underWay <= UNDER_WAY_MAX) from.resume();
      to.write(chunk);
    }, roundTripMs / 2);
  });
  from.on("end", () => setTimeout(() => to.end(), roundTripMs / 2));
}
