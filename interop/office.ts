// One product with letters in it, shared by the tests of a file.
import { after, before } from "node:test";
import { asStored, deliverOverLmtp } from "./lmtp.ts";
import { startProduct, type Product } from "./product.ts";

export interface Correspondent {
  readonly login: string;
  readonly password: string;
  /** What POP3 must hand out, in order. */
  readonly expected: readonly Buffer[];
}

export interface TestOffice {
  readonly product: Product;
  /** A new account with these letters delivered over LMTP. */
  correspondent(login: string, letters: readonly Buffer[]): Promise<Correspondent>;
}

/** Starts the product before the file's tests and stops it after them. */
export function testOffice(): () => TestOffice {
  let product: Product | undefined;
  before(async () => {
    product = await startProduct();
  });
  after(async () => {
    await product?.stop();
  });
  return () => {
    if (product === undefined) throw new Error("the product is started in before()");
    return { product, correspondent: (login, letters) => correspondent(product as Product, { login, letters }) };
  };
}

async function correspondent(
  product: Product,
  o: { login: string; letters: readonly Buffer[] },
): Promise<Correspondent> {
  const password = await product.account(o.login);
  const recipient = `${o.login}@localhost`;
  await deliverOverLmtp({ port: product.port("lmtp"), recipient, letters: o.letters });
  return { login: o.login, password, expected: o.letters.map((letter) => asStored(letter, { recipient })) };
}
