import type { Header } from "./header.ts";

/** One node of the MIME tree. Names and types are as sent: whoever shows them cleans them. */
export interface MimePart {
  /** Dotted place, as IMAP numbers it: `1`, `1.2`. Empty for a root that holds parts. */
  readonly place: string;
  readonly header: Header;
  /** `type/subtype` in lower case. */
  readonly mediaType: string;
  readonly parameters: ReadonlyMap<string, string>;
  /** In lower case; empty when there is none. */
  readonly disposition: string;
  readonly fileName: string | undefined;
  /** Without its angle brackets. */
  readonly contentId: string | undefined;
  readonly children: readonly MimePart[];
  /** The octets of a part without children, its transfer encoding undone. */
  content(): Promise<Buffer<ArrayBuffer>>;
}

export function isMultipart(part: MimePart): boolean {
  return part.mediaType.startsWith("multipart/");
}
