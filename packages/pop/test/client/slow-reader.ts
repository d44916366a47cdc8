// A program of its own, so that its memory is the client's alone: retrieves one message, slower than it comes.
import { setImmediate as turn } from "node:timers/promises";
import { connect } from "@restante/pop/client";

await using pop = await connect({
  host: "127.0.0.1",
  port: Number(process.argv[2]),
  tls: "none",
  auth: { user: "anna", password: "secret", mechanisms: ["PLAIN"] },
});
const before = process.memoryUsage.rss();
let most = before;
let received = 0;
const stream = pop.retrieve(1);
for await (const chunk of stream) {
  received += chunk.length;
  most = Math.max(most, process.memoryUsage.rss());
  await turn();
}
await stream.done;
console.log(JSON.stringify({ received, grown: most - before }));
