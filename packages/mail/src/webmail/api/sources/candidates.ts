// Servers where the mail of an address may be, with what a person, or a certificate, has to say to each.
import { discover, type MailResolver } from "../../../retriever/index.ts";
import type { Discovery } from "../schema/index.ts";

/** Best first. Throws DiscoveryError, and what the resolver rejects with. */
export async function candidatesFor(address: string, resolver: MailResolver): Promise<Discovery> {
  const { places, users, by, note, mailDomain, foreignHosts } = await discover(address, resolver);
  const user = users[0] ?? address;
  return {
    candidates: places.map((place) => ({
      ...place,
      user,
      from: by,
      note: note ?? null,
      mailDomain: mailDomain ?? null,
      isForeign: foreignHosts.includes(place.host),
    })),
  };
}
