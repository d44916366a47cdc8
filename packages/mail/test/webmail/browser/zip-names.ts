/** The names in an archive, from its central directory (APPNOTE 4.3.12), names in UTF-8. */
export function zipNames(zip: Buffer): string[] {
  const names: string[] = [];
  const signature = Buffer.from("PK\u0001\u0002", "latin1");
  for (let at = zip.indexOf(signature); at >= 0; at = zip.indexOf(signature, at + 46)) {
    const length = zip.readUInt16LE(at + 28);
    names.push(zip.toString("utf8", at + 46, at + 46 + length).normalize("NFC"));
  }
  return names;
}
