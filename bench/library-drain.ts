// What a program on the client library does: logs in, retrieves every message with its digest, says QUIT. Prints one
// line of JSON. Usage: node --conditions=restante-source bench/library-drain.ts PORT USER PASSWORD
import { connect } from "@restante/pop/client";

const [port, user = "", password = ""] = process.argv.slice(2);
const startedAt = performance.now();
let messages = 0;
let octets = 0;
{
  await using pop = await connect({ host: "127.0.0.1", port: Number(port), tls: "none", auth: { user, password } });
  for await (const message of pop.messages()) {
    const stream = message.retrieve({ digest: "sha256", borrowed: true });
    for await (const chunk of stream) octets += chunk.length;
    await stream.done;
    messages += 1;
  }
  await pop.commit();
}
console.log(JSON.stringify({ messages, octets, ms: performance.now() - startedAt }));
