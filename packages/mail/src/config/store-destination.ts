// How a destination that is an account of this store is written, in the configuration and in what is remembered of copies.

const PREFIX = "store:";

export function storeDestination(login: string): string {
  return PREFIX + login;
}

/** The login or address in it; undefined for what is no account's, such as a Maildir. */
export function loginOfDestination(to: string): string | undefined {
  return to.startsWith(PREFIX) && to.length > PREFIX.length ? to.slice(PREFIX.length) : undefined;
}
