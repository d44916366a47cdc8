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

/** Gives what was changed by it: what was so before is not. */
export async function changeTrust(
  reading: Reading,
  rules: readonly Trusted[],
  change: "add" | "remove",
): Promise<readonly Trusted[]> {
  const { documents } = reading.house.store;
  const known = new Set((await readTrusted(reading)).map(textOf));
  const changed = rules.map(plainly).filter((rule) => known.has(textOf(rule)) === (change === "remove"));
  if (change === "add" && known.size + changed.length > TRUSTED_MAX)
    throw new ApiError("refused", `there are ${TRUSTED_MAX} trusted senders already; take some out first`, {
      reason: "trusted-full",
      values: { max: TRUSTED_MAX },
    });
  for (const rule of changed)
    await (change === "remove" ? documents.remove(keyOf(rule)) : documents.put(keyOf(rule), rule));
  reading.events.tell({ kind: "settings-changed" });
  return changed;
}

function plainly({ kind, value }: Trusted): Trusted {
  const plain = { kind, value: value.trim().toLowerCase() };
  if ((kind === "sender" ? SENDER : DOMAIN).test(plain.value)) return plain;
  throw new ApiError("bad-request", "write an address such as name@example.org, or a domain such as example.org", {
    reason: "no-sender-or-domain",
  });
}

const DOMAIN = /^[^\s@<>"]+\.[^\s@<>".]+$/u;
const SENDER = /^[^\s<>"]+@[^\s@<>"]+$/u;

/** By what remote images of this sender are shown. */
export async function trustOf(reading: Reading, sender: string): Promise<Message["imagesTrusted"]> {
  const { documents } = reading.house.store;
  const address = sender.toLowerCase();
  const domain = address.slice(address.lastIndexOf("@") + 1);
  if (domain === "" || !address.includes("@")) return [];
  const rules: Trusted[] = [];
  for (const rule of [
    { kind: "sender", value: address },
    { kind: "domain", value: domain },
  ] as const)
    if ((await documents.get(keyOf(rule))) !== undefined) rules.push(rule);
  return rules;
}

function textOf({ kind, value }: Trusted): string {
  return `${kind} ${value}`;
}

/** Addresses may be longer than an id and are not all ASCII. */
function keyOf(rule: Trusted): { readonly kind: string; readonly id: string } {
  return { kind: KIND, id: createHash("sha256").update(textOf(rule)).digest("base64url") };
}
