// Another post office with mail in it: the provider a source is collected from.
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
