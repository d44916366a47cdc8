// All attachments in one file, made while it is sent. Names are safe in any folder, and no two are the same.
import { Zip, ZipPassThrough } from "fflate";
import { ApiError } from "../api-error.ts";
import { LIMITS } from "../limits.ts";
import type { Reading } from "../reading.ts";
import { cleanName } from "./disposition.ts";
import { fileHeaders } from "./headers.ts";
import { toStream } from "./file.ts";
import type { ContentCall } from "./index.ts";

interface Member {
  readonly part: string;
  readonly name: string;
}

export async function sendZip(reading: Reading, call: ContentCall): Promise<Response> {
  const { summary, parts } = await reading.read(call.account, call.messageId, call.signal);
  const total = parts.reduce((sum, { octets }) => sum + octets, 0);
  if (parts.length === 0) throw new ApiError("not-found", "the message has no attachments");
  if (parts.length > LIMITS.zipParts || total > LIMITS.zipOctets)
    throw new ApiError("too-large", "there is too much attached for one file; save the attachments one by one");
  const names = uniqueNames(parts.map(({ fileName }) => fileName));
  const members = parts.map(({ part }, at) => ({ part, name: names[at] ?? part }));
  const fileName = `${summary.subject.slice(0, 100) || "attachments"}.zip`;
  const headers = fileHeaders({ type: "application/zip", fileName, disposition: "attachment" });
  return new Response(toStream(zipped(reading, call, members)), { headers });
}

/** Some megabytes of parts at a time are in memory. Stored, not packed: what is attached mostly is packed already. */
async function* zipped(reading: Reading, call: ContentCall, members: readonly Member[]): AsyncGenerator<Uint8Array> {
  let made: Uint8Array[] = [];
  const zip = new Zip((error, chunk) => {
    if (error !== null) throw error;
    made.push(chunk);
  });
  for (let done = 0; done < members.length;) {
    const places = members.slice(done).map(({ part }) => part);
    // The reader keeps the octets it is given: each round has them from the store, and none between two of them.
    const some = await reading.octets.lend(call, (octets) => reading.house.mail.parts(octets, places), call.signal);
    for (const [at, { content }] of some.entries()) {
      const file = new ZipPassThrough(members[done + at]?.name ?? "attachment");
      zip.add(file);
      file.push(content, true);
      yield* made;
      made = [];
    }
    done += some.length;
  }
  zip.end();
  yield* made;
}

/** `plan.pdf`, then `plan (2).pdf`. Names that differ only in case are the same in many folders. */
export function uniqueNames(fileNames: readonly string[]): readonly string[] {
  const taken = new Set<string>();
  return fileNames.map((fileName) => {
    const name = cleanName(fileName);
    const [, stem = name, extension = ""] = /^(.+?)(\.\w{1,10})?$/s.exec(name) ?? [];
    let unique = name;
    for (let n = 2; taken.has(unique.toLowerCase()); n += 1) unique = `${stem} (${n})${extension}`;
    taken.add(unique.toLowerCase());
    return unique;
  });
}
