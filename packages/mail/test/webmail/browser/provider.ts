// Where a source is collected from: another post office with mail in it, or a server that does what a test says.
import type { Page } from "playwright-core";
import { startProduct, type Product } from "../../../../../interop/product.ts";
import { LmtpClient } from "../../../../../interop/lmtp.ts";

export interface Provider {
  readonly product: Product;
  /** Of the login `ines`, in whose maildrop the mail is. */
  readonly password: string;
  /** Puts letters `from` to `to` there. */
  deliver(from: number, to: number): Promise<void>;
}

/** Starts a provider with letters 1 to `messages` for ines. */
export async function startProvider(messages: number): Promise<Provider> {
  const product = await startProduct();
  const password = await product.account("ines");
  const deliver = async (from: number, to: number): Promise<void> => {
    const client = await LmtpClient.connect(product.port("lmtp"));
    for (let n = from; n <= to; n += 1) await client.deliver({ recipient: "ines@localhost", letter: letter(n) });
    await client.quit();
  };
  await deliver(1, messages);
  return { product, password, deliver };
}

/** Letter n is the newest of the first n, and holds a word no other holds. */
function letter(n: number): Buffer {
  const date = new Date(Date.UTC(2026, 2, 1, 8, n)).toUTCString().replace("GMT", "+0000");
  const head = [
    `From: Sender ${n} <sender${n}@mail.example>`,
    "To: Ines <ines@provider.example>",
    `Subject: Letter number ${n}`,
    `Date: ${date}`,
    `Message-ID: <letter-${n}@mail.example>`,
  ];
  return Buffer.from([...head, "", `The word of letter ${n} is quay${n}.`, ""].join("\r\n"));
}

/** Adds a source as the reader's own page does, without its questions; what is named is not as usual. */
export async function addSource(
  page: Page,
  source: Readonly<Record<string, unknown>> & { readonly name: string; readonly port: number },
): Promise<void> {
  const usual = {
    account: "demo",
    host: "127.0.0.1",
    tls: "none",
    keep: { kind: "forever" },
    first: { kind: "everything" },
    octetsMax: null,
    confirmed: false,
  };
  const answer = await page.request.post(new URL("/api/sources", page.url()).href, {
    data: { ...usual, ...source },
    headers: { origin: new URL(page.url()).origin, "sec-fetch-site": "same-origin" },
  });
  if (!answer.ok()) throw new Error(`the source is refused: ${await answer.text()}`);
}
