// The three functions of reflect-metadata that @peculiar/x509's dependency container asks for at import.
// Metadata lives in a WeakMap here, and a Reflect that has them already is left as it is.

type Target = object;

const kept = new WeakMap<Target, Map<unknown, unknown>>();

function getOwnMetadata(key: unknown, target: Target): unknown {
  return kept.get(target)?.get(key);
}

function getMetadata(key: unknown, target: Target): unknown {
  for (let at: Target | null = target; at !== null; at = Object.getPrototypeOf(at) as Target | null) {
    if (kept.get(at)?.has(key) === true) return getOwnMetadata(key, at);
  }
  return undefined;
}

function defineMetadata(key: unknown, value: unknown, target: Target): void {
  const map = kept.get(target) ?? new Map<unknown, unknown>();
  kept.set(target, map.set(key, value));
}

/** Must run before @peculiar/x509 is imported. */
export function provideReflectMetadata(): void {
  if (!("getMetadata" in Reflect)) Object.assign(Reflect, { getOwnMetadata, getMetadata, defineMetadata });
}
