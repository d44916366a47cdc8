// Owns a store and its outbox until it is killed: PORT DIRECTORY. Queues one message when the outbox is empty; says
// every state an entry reaches.
import { Outbox } from "../../src/submission/outbox.ts";
import { buildMessage } from "../../src/submission/build-message.ts";
import { openSqliteMailstore } from "../../src/mailstore/index.ts";

const [port = "", directory = ""] = process.argv.slice(2);
const store = await openSqliteMailstore({ directory });
const account =
  store.directory.accountNamed("anna")?.account ??
  (
    await store.directory.addAccount({
      name: "anna",
      popDelete: { kind: "remove" },
      login: { login: "anna", kind: "password", verifier: "none", scram: undefined, disabled: false },
    })
  ).account;
const say = (text: string): void => void process.stdout.write(`${text}\n`);
const outbox = await Outbox.open({
  store,
  route: () =>
    Promise.resolve({
      kind: "server",
      server: { host: "127.0.0.1", port: Number(port), tls: "none", auth: undefined },
    }),
  hostName: "post.example",
  onChange: ({ state }) => say(state),
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
      text: `${"line after line\n".repeat(20_000)}`,
      references: [],
      attachments: [],
      asksForReceipt: false,
    },
    { now: Date.now() },
  );
  await outbox.queue({ account, identity: "anna@alder.example", built, subject: "once", draft: {}, holdMs: 0 });
} else for (const { state, trouble } of entries) say(`found ${state} ${trouble?.code ?? ""}`.trim());
