// An HTTP proxy that leads to a server of a test, so that a source may have any host and port.
import { connect as connectTcp, createServer, type AddressInfo, type Socket } from "node:net";
import type { TestContext } from "node:test";

/** Connects to the port whatever name and port it is asked for, and says so. Answers its URL. */
export async function proxyTo(context: TestContext, port: number): Promise<string> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    const onward = connectTcp({ port, host: "127.0.0.1" });
    for (const one of [socket, onward]) sockets.add(one.on("error", () => one.destroy()));
    // Also where nobody listens any more.
    onward.once("close", () => socket.end());
    socket.once("data", () => {
      socket.write("HTTP/1.1 200 OK\r\n\r\n");
      socket.pipe(onward).pipe(socket);
    });
  });
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  context.after(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
