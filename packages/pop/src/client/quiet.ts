// What a caller does not wait for must not end the process when it fails; `closed` of its session tells of it.

/** The same promise. */
export function quiet<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => undefined);
  return promise;
}

/** Of all calls of a session. */
export function quietly<T extends object>(session: T): T {
  return new Proxy(session, {
    get(target, key) {
      const value: unknown = Reflect.get(target, key, target);
      if (typeof value !== "function") return value;
      return (...args: unknown[]): unknown => {
        const result: unknown = Reflect.apply(value, target, args);
        return result instanceof Promise ? quiet(result) : result;
      };
    },
  });
}
