// A server that repeats the password in its replies is not to bring it into a report, a log or the memory.

/** Masking a shorter one would tell it: every "a" a "****". */
const LENGTH_MIN = 4;

export function masking(password: string | undefined): (text: string) => string {
  if (password === undefined || password.length < LENGTH_MIN) return (text) => text;
  const base64 = Buffer.from(password).toString("base64");
  return (text) => text.replaceAll(password, "****").replaceAll(base64, "****");
}
