// Ten thousand letters that come in while a page is open: how often its list is asked for, and whether keys still answer.
import { setTimeout as wait } from "node:timers/promises";
import { LmtpClient } from "../../interop/lmtp.ts";
import { letterOctets, letters } from "../../packages/mail/test/mailstore/reading/letters.ts";
import type { Figure } from "./figures.ts";
import type { ReaderPage } from "./page-rows.ts";

const CLIENTS = 8;
const KEY_EVERY_MS = 250;

export async function burstFigures(
  { page }: ReaderPage,
  o: {
    readonly lmtpPort: number;
    readonly recipient: string;
    readonly messages: number;
    readonly shown: () => Promise<boolean>;
  },
): Promise<readonly Figure[]> {
  const asked: number[] = [];
  page.on("request", (request) => {
    if (new URL(request.url()).pathname === "/api/list") asked.push(performance.now());
  });
  await page.evaluate('window.location.hash = "#/all/inbox"');
  await page.locator("[role=row]").first().focus();
  await page.evaluate("Object.assign(window.__probe, { delays: [], watchesKeys: true })");
  const began = performance.now();
  let isDelivered = false;
  const delivering = deliver(o).finally(() => (isDelivered = true));
  for (let n = 0; !isDelivered || !(await o.shown()); n += 1) {
    await page.keyboard.press(n % 2 === 0 ? "j" : "k");
    await wait(KEY_EVERY_MS);
    if (performance.now() - began > 600_000) throw new Error("the burst was not shown in ten minutes");
  }
  await delivering;
  const seconds = (performance.now() - began) / 1_000;
  const delays = (await page.evaluate("window.__probe.watchesKeys = false, window.__probe.delays")) as number[];
  const note = `${o.messages} letters over LMTP, delivered and shown in ${seconds.toFixed(0)} s`;
  return [
    { what: "burst of new mail: list updates in one second", budget: 4, ours: mostInASecond(asked), unit: "", note },
    { what: "burst of new mail: longest delay of a key", budget: 100, ours: Math.max(...delays), unit: "ms", note },
  ];
}

function mostInASecond(times: readonly number[]): number {
  return Math.max(0, ...times.map((at) => times.filter((other) => other >= at && other < at + 1_000).length));
}

async function deliver(o: {
  readonly lmtpPort: number;
  readonly recipient: string;
  readonly messages: number;
}): Promise<void> {
  const all = letters({ messages: o.messages, accounts: 1, words: 80 });
  await Promise.all(
    Array.from({ length: CLIENTS }, async () => {
      const client = await LmtpClient.connect(o.lmtpPort);
      for (const letter of all)
        await client.deliver({
          recipient: o.recipient,
          letter: letterOctets({ ...letter, id: `burst-${letter.id}` }, { html: false }),
        });
      await client.quit();
    }),
  );
}
