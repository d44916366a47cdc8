// Senders and domains whose remote images are shown without asking.
import { createHash } from "node:crypto";
import { ApiError } from "../api-error.ts";
import type { Reading } from "../reading.ts";
import { trusted as trustedSchema } from "../schema/settings.ts";
import type { Message, Trusted } from "../schema/index.ts";

const KIND = "trusted-images";
const TRUSTED_MAX = 1_000;

export async function readTrusted(reading: Reading): Promise<readonly Trusted[]> {
  const rows = await reading.house.store.documents.list({ kind: KIND });
  return rows.flatMap(({ value }) => {
    const checked = trustedSchema.safeParse(value);
    return checked.success ? [checked.data] : [];
  });
}

export async function changeTrust(reading: Reading, row: Trusted, change: "add" | "remove"): Promise<void> {
  const { documents } = reading.house.store;
  const plain = { kind: row.kind, value: row.value.trim().toLowerCase() };
  if (!(plain.kind === "sender" ? SENDER : DOMAIN).test(plain.value))
    throw new ApiError("bad-request", "write an address such as name@example.org, or a domain such as example.org", {
      reason: "no-sender-or-domain",
    });
  if (change === "remove") await documents.remove(keyOf(plain));
  else if ((await readTrusted(reading)).length >= TRUSTED_MAX)
    throw new ApiError("refused", `there are ${TRUSTED_MAX} trusted senders already; take some out first`, {
      reason: "trusted-full",
      values: { max: TRUSTED_MAX },
    });
  else await documents.put(keyOf(plain), plain);
  reading.events.tell({ kind: "settings-changed" });
}

const DOMAIN = /^[^\s@<>"]+\.[^\s@<>".]+$/u;
const SENDER = /^[^\s<>"]+@[^\s@<>"]+$/u;

/** Which rule lets remote images of this sender be shown. */
export async function trustOf(reading: Reading, sender: string): Promise<Message["imagesTrusted"]> {
  const { documents } = reading.house.store;
  const address = sender.toLowerCase();
  const domain = address.slice(address.lastIndexOf("@") + 1);
  if (domain === "" || !address.includes("@")) return null;
  if ((await documents.get(keyOf({ kind: "sender", value: address }))) !== undefined) return "sender";
  return (await documents.get(keyOf({ kind: "domain", value: domain }))) === undefined ? null : "domain";
}

/** Addresses may be longer than an id and are not all ASCII. */
function keyOf({ kind, value }: Trusted): { readonly kind: string; readonly id: string } {
  return { kind: KIND, id: createHash("sha256").update(`${kind} ${value}`).digest("base64url") };
}
