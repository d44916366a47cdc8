// A server of remote pictures on loopback, and an office whose reader may fetch them from there under any name.
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { Undoing } from "../../temporary-directory.ts";
import { openReaderOffice, type ReaderOffice } from "../api/reader-office.ts";

export interface Pictures {
  readonly office: ReaderOffice;
  readonly port: number;
  /** Paths that were asked for. */
  readonly requests: readonly string[];
  /** Paths there is nothing at. */
  readonly missing: Set<string>;
}

export async function openPictures(file: Undoing, picture: Buffer): Promise<Pictures> {
  const requests: string[] = [];
  const missing = new Set<string>();
  const server = createServer((request, response) => {
    requests.push(request.url ?? "");
    if (missing.has(request.url ?? "")) response.statusCode = 404;
    response.setHeader("content-type", "image/png").end(picture);
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  file.after(() => void server.close());
  const { port } = server.address() as AddressInfo;
  const office = await openReaderOffice({
    keys: { "web.authserv_id": "mx.example.org" },
    imageNetwork: {
      mayConnect: (address) => address === "127.0.0.1",
      mayUsePort: (used) => used === port,
      addressesOf: () => Promise.resolve(["127.0.0.1"]),
    },
  });
  file.after(() => office.stop());
  return { office, port, requests, missing };
}
