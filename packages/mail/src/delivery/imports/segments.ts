// Mailbox names as names of files and folders, and back.

// Separators, a leading dot, what other systems refuse in names, control characters, and the escape itself.
const UNSAFE = /[\u0000-\u001f\u007f"%*/:<>?\\|]|^\.|[. ]$/g;

/** One part of a mailbox name as a name that every file system takes. */
export function encodeSegment(segment: string): string {
  return segment.replace(
    UNSAFE,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")}`,
  );
}

/** Reads it back; a percent sign that was not written by encodeSegment stays as it is. */
export function decodeSegment(segment: string): string {
  return segment.replace(/%([0-7][0-9A-F])/g, (text, hex: string) => {
    const character = String.fromCharCode(Number.parseInt(hex, 16));
    return encodeSegment(character) === text ? character : text;
  });
}

/** A mailbox name as a list of safe names, one for each level. */
export function segmentsOf(mailbox: string): readonly string[] {
  const parts = mailbox.split("/").filter((part) => part !== "");
  return (parts.length === 0 ? ["unnamed"] : parts).map(encodeSegment);
}
