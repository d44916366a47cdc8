// Owns a store and its outbox until it is killed: PORT DIRECTORY [LINES]. Queues one message, of so many lines, when the
// outbox is empty; says every state an entry reaches. Without a port ("local") it places the message with an account of
// its own, "hang" does so and never comes back from it, "placed" stands still once that is written down.
import { Outbox } from "../../src/submission/outbox.ts";
import { buildMessage } from "../../src/submission/build-message.ts";
import { openSqliteMailstore } from "../../src/mailstore/index.ts";
import type { Route } from "../../src/submission/sending.ts";

const [port = "", directory = "", lines = "20000"] = process.argv.slice(2);
const store = await openSqliteMailstore({ directory });
const accountOf = async (name: string): Promise<string> =>
  store.directory.accountNamed(name)?.account ??
  (
    await store.directory.addAccount({
      name,
      popDelete: { kind: "remove" },
      login: { login: name, kind: "password", verifier: "none", scram: undefined, disabled: false },
    })
  ).account;
const account = await accountOf("anna");
const ben = await accountOf("ben");
const say = (text: string): void => void process.stdout.write(`${text}\n`);
const place: Extract<Route, { kind: "local" }>["deliver"] = async ({ octets, deliveryId }) => {
  const writer = store.newBody();
  await writer.write(octets);
  const body = await writer.finish();
  await store.place(ben, body, { deliveryId });
  await body.discard();
  say(`ben has ${(await store.messages(ben, { after: 0, limit: 10 })).length}`);
  if (port === "hang") await new Promise<never>(() => undefined);
  return undefined;
};
const outbox = await Outbox.open({
  store,
  route: () =>
    Promise.resolve(
      ["local", "hang", "placed"].includes(port)
        ? { kind: "local", deliver: place }
        : { kind: "server", server: { host: "127.0.0.1", port: Number(port), tls: "none", auth: undefined } },
    ),
  serverFor: () => Promise.resolve(port),
  hostName: "post.example",
  onChange: ({ state, trouble, taken }) => {
    say(`${state} ${trouble?.code ?? ""}`.trim());
    if (port !== "placed" || taken.length === 0) return;
    say("written down");
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
  },
  onProblem: ({ what }) => say(`problem: ${what}`),
});
const entries = await outbox.list(account);
if (entries.length === 0) {
  const built = await buildMessage(
    {
      from: { name: "", address: "anna@alder.example" },
      to: [{ name: "", address: "ben@oak.example" }],
      cc: [],
      bcc: [],
      subject: "once",
      text: `${"line after line\n".repeat(Number(lines))}`,
      references: [],
      attachments: [],
      asksForReceipt: false,
    },
    { now: Date.now() },
  );
  await outbox.queue({ account, identity: "anna@alder.example", built, subject: "once", draft: {}, holdMs: 0 });
} else for (const { state, trouble } of entries) say(`found ${state} ${trouble?.code ?? ""}`.trim());
