// What few commands need and takes long to load: everything a running post office is made of, HTTP and the composer among
// it, and the schema of the reader's API. Whoever only reaches the store does not wait for it.
import type { ReaderClient } from "./control/reader-client.ts";
import type { Office, OfficeOptions } from "./office.ts";

/** Opens everything, or nothing. Throws OfficeError with what to do about it. */
export async function openOffice(options: OfficeOptions): Promise<Office> {
  const office = await import("./office.ts");
  return office.openOffice(options);
}

/** The reader's API of the post office that runs in a data directory; connects with each request. */
export async function connectReader(dataDir: string): Promise<ReaderClient> {
  const client = await import("./control/reader-client.ts");
  return client.connectReader(dataDir);
}
