/** Every client may read it. */
export function isAsciiText(text: string): boolean {
  return !/[\u0080-\u{10ffff}]/u.test(text);
}
