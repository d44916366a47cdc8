// Finds what a surrogate must change in a message: goes through its header and the headers of its parts, line by line,
// in bounded memory. A header that is not wholly UTF-8 is no internationalised one, and stays as it came.
import { isAscii } from "node:buffer";
import type { SurrogateEdit } from "./edits.ts";
import { fieldOf, presentableField, type Field } from "./field.ts";
import { mediaTypeOf, parameterOf } from "./mime-value.ts";

/** What is kept of a field, and of a line of a body. Longer fields cannot be presented. */
const fieldOctetsMax = 65_536;
const bodyLineOctetsMax = 256;
/** Parts inside parts; deeper ones are taken for text. */
const depthMax = 32;
/** More changes than any letter needs: with more the message stays as it came. */
const editsMax = 10_000;

const LF = 10;
const SPACE = 32;
const TAB = 9;
const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

interface Multipart {
  readonly boundary: string;
  /** Parts without a Content-Type are messages (RFC 2046 §5.1.5). */
  readonly isDigest: boolean;
}

/** Where a line is, and what is known of all of it. */
interface Span {
  readonly at: number;
  readonly octets: number;
  readonly isAscii: boolean;
}

/** A field as it comes in. */
interface OpenField {
  readonly at: number;
  octets: number;
  isAscii: boolean;
  pieces: Uint8Array[];
  kept: number;
}

export class SurrogateScanner {
  readonly #edits: SurrogateEdit[] = [];
  readonly #around: Multipart[] = [];
  #block: HeaderBlock | undefined = new HeaderBlock({ isDigest: false });
  #position = 0;
  /** The line under way: where it began, and as much of it as is kept. */
  #lineAt = 0;
  #line: Uint8Array[] = [];
  #lineKept = 0;
  #lineIsAscii = true;
  /** Messages inside messages so far. */
  #nested = 0;

  /** Canonical octets, from the first on. */
  push(chunk: Uint8Array): void {
    for (let at = 0; at < chunk.length && !this.isOver;) {
      const lf = chunk.indexOf(LF, at);
      const end = lf === -1 ? chunk.length : lf + 1;
      this.#keep(chunk.subarray(at, end));
      this.#position += end - at;
      at = end;
      if (lf !== -1) this.#endLine();
    }
  }

  /** What its surrogate changes; nothing when the message may be shown to everybody as it is. */
  end(): readonly SurrogateEdit[] {
    if (this.#position > this.#lineAt) this.#endLine();
    this.#endBlock();
    return this.#edits.length > editsMax ? [] : this.#edits;
  }

  /** There is no header left to come: the rest need not be looked at. */
  get isOver(): boolean {
    return (this.#block === undefined && this.#around.length === 0) || this.#edits.length > editsMax;
  }

  #keep(piece: Uint8Array): void {
    this.#lineIsAscii &&= isAscii(piece);
    const room = (this.#block === undefined ? bodyLineOctetsMax : fieldOctetsMax) - this.#lineKept;
    if (room <= 0) return;
    const kept = Uint8Array.prototype.slice.call(piece, 0, room);
    this.#line.push(kept);
    this.#lineKept += kept.length;
  }

  #endLine(): void {
    const line = Buffer.concat(this.#line);
    const span = { at: this.#lineAt, octets: this.#position - this.#lineAt, isAscii: this.#lineIsAscii };
    this.#line = [];
    this.#lineKept = 0;
    this.#lineIsAscii = true;
    this.#lineAt = this.#position;
    if (this.#atBoundary(line)) return;
    if (this.#block === undefined) return;
    if (span.octets === 2) this.#endBlock();
    else this.#block.take(line, span);
  }

  /** RFC 2046 §5.1.2: a boundary of any multipart around ends what is inside it. */
  #atBoundary(line: Buffer): boolean {
    if (line[0] !== 0x2d || line[1] !== 0x2d || this.#around.length === 0) return false;
    const text = line.toString("latin1").trimEnd();
    const level = this.#around.findLastIndex(({ boundary }) => text === `--${boundary}` || text === `--${boundary}--`);
    const multipart = this.#around[level];
    if (multipart === undefined) return false;
    this.#endBlock();
    const isLast = text !== `--${multipart.boundary}`;
    this.#around.length = isLast ? level : level + 1;
    this.#block = isLast ? undefined : new HeaderBlock(multipart);
    return true;
  }

  #endBlock(): void {
    const block = this.#block;
    if (block === undefined) return;
    this.#block = undefined;
    this.#edits.push(...block.end());
    const inside = block.contents();
    if (inside === "message" && this.#depth < depthMax) {
      this.#nested += 1;
      this.#block = new HeaderBlock({ isDigest: false });
    } else if (typeof inside === "object" && this.#depth < depthMax) this.#around.push(inside);
  }

  get #depth(): number {
    return this.#around.length + this.#nested;
  }
}

/** One header: of the message, of a part, or of a message inside. */
class HeaderBlock {
  readonly #isDigest: boolean;
  readonly #edits: SurrogateEdit[] = [];
  #isUtf8 = true;
  #field: OpenField | undefined;
  #type: string | undefined;
  #encoding = "7bit";

  constructor(of: { readonly isDigest: boolean }) {
    this.#isDigest = of.isDigest;
  }

  /** A line, or as much of it as was kept, and where it is. */
  take(line: Uint8Array, span: Span): void {
    const isContinued = line[0] === SPACE || line[0] === TAB;
    if (!isContinued || this.#field === undefined) {
      this.#endField();
      this.#field = { at: span.at, octets: 0, isAscii: true, pieces: [], kept: 0 };
    }
    const field = this.#field;
    field.octets += span.octets;
    field.isAscii &&= span.isAscii;
    if (field.kept + line.length > fieldOctetsMax) return;
    field.pieces.push(line);
    field.kept += line.length;
  }

  end(): readonly SurrogateEdit[] {
    this.#endField();
    return this.#isUtf8 ? this.#edits : [];
  }

  /** What comes behind this header: a message, parts, or neither. */
  contents(): "message" | Multipart | undefined {
    const type = this.#type ?? (this.#isDigest ? "message/rfc822" : "text/plain");
    const media = mediaTypeOf(type);
    // RFC 2045 §6.4: these two have no other encoding; what claims one is not taken apart.
    if (!["7bit", "8bit", "binary"].includes(this.#encoding)) return undefined;
    if (media === "message/rfc822" || media === "message/global") return "message";
    const boundary = media.startsWith("multipart/") ? parameterOf(type, "boundary") : undefined;
    return boundary === undefined || boundary === "" ? undefined : { boundary, isDigest: media === "multipart/digest" };
  }

  #endField(): void {
    const field = this.#field;
    this.#field = undefined;
    if (field === undefined) return;
    const place = { at: field.at, removed: field.octets };
    if (field.kept < field.octets) {
      if (!field.isAscii) this.#change({ ...place, inserted: "" });
      return;
    }
    const text = decoded(Buffer.concat(field.pieces));
    if (text === undefined) {
      this.#isUtf8 = false;
      return;
    }
    this.#look(fieldOf(text));
    if (!field.isAscii) this.#change({ ...place, inserted: presentableField(text) });
  }

  #look({ name, value }: Field): void {
    if (name === "content-type") this.#type ??= value.replaceAll("\r\n", "");
    if (name === "content-transfer-encoding") this.#encoding = value.trim().toLowerCase();
  }

  /** Fields taken out one behind the other are one edit. */
  #change(edit: SurrogateEdit): void {
    const last = this.#edits.at(-1);
    const joins = last !== undefined && last.at + last.removed === edit.at && edit.inserted === "";
    if (!joins) return void this.#edits.push(edit);
    this.#edits[this.#edits.length - 1] = { ...last, removed: last.removed + edit.removed };
  }
}

function decoded(octets: Uint8Array): string | undefined {
  try {
    return utf8.decode(octets);
  } catch {
    return undefined;
  }
}
