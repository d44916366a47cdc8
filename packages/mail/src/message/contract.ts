// What reading a mail gives: everything a person sees of it, cleaned, in plain data. Octets go in, nothing of the
// parser's comes out. Text here is safe to show as text: no control characters, no lone surrogates, bounded in length.

export interface MailAddress {
  /** Cleaned; empty when there is none. */
  readonly name: string;
  /** As written, cleaned; empty for a group or what could not be read. */
  readonly address: string;
}

/** Why a sender deserves a second look. */
export type SenderWarning =
  | "several-from"
  | "name-holds-address"
  | "mixed-scripts"
  | "hidden-characters"
  | "reply-elsewhere";

/** What a list row and the search index need. Bounded: texts to 998 characters, preview to 200, addresses to 200. */
export interface MessageSummary {
  readonly subject: string;
  readonly from: readonly MailAddress[];
  readonly to: readonly MailAddress[];
  readonly cc: readonly MailAddress[];
  readonly replyTo: readonly MailAddress[];
  /** Of the Date field when it can be believed, else of the topmost Received field, else undefined. Milliseconds since the epoch. */
  readonly sentAt: number | undefined;
  /** Message-ID without its angle brackets; undefined when there is no usable one. */
  readonly id: string | undefined;
  /** Message-IDs this one answers, nearest last, at most 22. */
  readonly references: readonly string[];
  /** Subject without reply and forward prefixes, folded: what conversations are told apart by. */
  readonly threadSubject: string;
  readonly preview: string;
  /** Names of attachments, cleaned. */
  readonly attachments: readonly string[];
  readonly listId: string | undefined;
  /** Auto-Submitted, Precedence bulk and their like. */
  readonly isAutomatic: boolean;
  /** What is searched beside the fields above: the text of its bodies, at most 256 KiB of UTF-8. */
  readonly text: string;
  /** The parser gave up: only the header, or nothing, was read. */
  readonly isUnreadable: boolean;
}

/** One attachment or inline part. `part` names it in its message, stable for the same octets. */
export interface MessagePart {
  /** Dotted place in the MIME tree, such as `1.2`. */
  readonly part: string;
  /** Safe as a file name on any system; with an extension that tells what it is. */
  readonly fileName: string;
  /** The sender's own name, cleaned, when it differs. */
  readonly namedBySender: string | undefined;
  readonly mediaType: string;
  /** What the octets are, when they are none of what is shown inline: decided by their first octets. */
  readonly shownAs: "image" | "text" | "audio" | "video" | "message" | "calendar" | "none";
  /** Decoded octets. */
  readonly octets: number;
  readonly contentId: string | undefined;
  /** Certainly seen inside an HTML body, while that is shown as HTML. */
  readonly isInline: boolean;
  /** The octets are not what the name or type says. */
  readonly isMismatched: boolean;
}

/** A run of text in a plain body; quoted lines have their depth. Links are found, not made. */
export interface TextBlock {
  readonly quote: number;
  readonly text: string;
  readonly links: readonly { readonly from: number; readonly to: number; readonly href: string }[];
  readonly isSignature: boolean;
}

/** CSS pixels a body needs in a frame at least 320 or 600 of them wide, rather too many than too few. */
export interface RoughHeight {
  readonly narrow: number;
  readonly wide: number;
}

/** A body to show, in the order of the message. Bodies are never joined. */
export type MessageBody =
  | { readonly kind: "text"; readonly part: string; readonly blocks: readonly TextBlock[]; readonly isCut: boolean }
  | {
      readonly kind: "html";
      readonly part: string;
      readonly octets: number;
      /** Remote images, and how many of them are trackers: nobody would see them, or they are known to count openings. */
      readonly remoteImages: number;
      readonly trackers: number;
      /** The text of the same body, for when HTML is not wanted. */
      readonly text: readonly TextBlock[];
      readonly isTooLarge: boolean;
      /** Nothing of it is seen, at least on a wide page: no word and no picture. */
      readonly isBlank: boolean;
      /** Undefined where pictures decide. */
      readonly height: RoughHeight | undefined;
    }
  | { readonly kind: "image"; readonly part: string }
  | { readonly kind: "calendar"; readonly part: string; readonly event: CalendarEvent }
  | { readonly kind: "delivery-report"; readonly part: string; readonly report: DeliveryReport }
  | { readonly kind: "encrypted"; readonly part: string; readonly with: "pgp" | "smime" };

export interface CalendarEvent {
  readonly method: string;
  readonly title: string;
  readonly place: string;
  readonly organiser: string;
  readonly starts?: CalendarMoment;
  /** Of days the last one, and absent where that is the first. */
  readonly ends?: CalendarMoment;
  readonly repeats?: {
    /** As it is written. */
    readonly rule: string;
    /** Absent where the rule says more than a sentence. */
    readonly said?: Repetition;
  };
  /** What of its rule is left out, and what comes beside it: in order, by the clock of the event where that is known. */
  readonly leftOut: readonly CalendarMoment[];
  readonly added: readonly CalendarMoment[];
  readonly notes: string;
}

/** A day, or a time of one. */
export interface CalendarMoment {
  /** `2026-03-20`, or `2026-03-20T13:00`. */
  readonly written: string;
  /** Whose clock it is; of a day none, nor of a time that is that of the clock wherever one is. */
  readonly zone?: string;
  /** Milliseconds since the epoch, where the zone is known. */
  readonly at?: number;
}

export type Repetition = RepeatedDays & {
  /** Every so many of them, from 1. */
  readonly interval: number;
  /** So often in all, or as long as until then, by the clock of the event where that is known. */
  readonly count?: number;
  readonly until?: CalendarMoment;
};

/** On which days of its days, weeks, months or years something comes again. */
export type RepeatedDays = {
  /** Of a week; Sunday is 0. */
  readonly weekdays: readonly number[];
  /** Of a month: from 1 to 31, the last one is -1. */
  readonly days: readonly number[];
  /** The same by weekdays: the second Tuesday, the last Friday. */
  readonly places: readonly { readonly nth: 1 | 2 | 3 | 4 | 5 | -1; readonly weekday: number }[];
} & (
  | { readonly every: "day" }
  | { readonly every: "week" | "month" }
  /** The days are those of this month: 1 to 12. */
  | { readonly every: "year"; readonly month: number }
);

export interface DeliveryReport {
  readonly kind: "delivery" | "read-receipt";
  readonly recipients: readonly {
    readonly address: string;
    readonly action: string;
    readonly status: string;
    readonly words: string;
  }[];
}

export interface Unsubscribe {
  /** https only. */
  readonly oneClick: string | undefined;
  readonly mail: string | undefined;
  readonly page: string | undefined;
}

/** What one server found about who sent a message. */
export interface Authentication {
  /** As it calls itself, lower case. Anybody may call themselves so. */
  readonly server: string;
  /** Unproved: it looked, and found nothing that speaks for the sender. Unknown: it says nothing of it, or too little. */
  readonly verdict: "authentic" | "failed" | "unproved" | "unknown";
}

/** What of a message was left out, or kept it from being read; where it was all of it, its header is shown alone. */
export type ReadingProblem = "header-cut" | "parts-cut" | "nesting-cut" | Exclude<ReadingFailure, "no-such-part">;

/** A whole message as the reader shows it. */
export interface ReadMessage {
  readonly summary: Omit<MessageSummary, "text">;
  readonly bcc: readonly MailAddress[];
  readonly sender: readonly MailAddress[];
  readonly warnings: readonly SenderWarning[];
  /** By server, the last on the way first. */
  readonly authentication: readonly Authentication[];
  readonly bodies: readonly MessageBody[];
  readonly parts: readonly MessagePart[];
  readonly signed: "pgp" | "smime" | undefined;
  readonly unsubscribe: Unsubscribe | undefined;
  /** Addresses that ask for a read receipt; nothing is ever sent by itself. */
  readonly receiptTo: readonly MailAddress[];
  readonly problems: readonly ReadingProblem[];
}

export interface HtmlOptions {
  /** Remote images have no source, or one below `proxyPrefix`. Trackers never have one. */
  readonly images: "blocked" | "shown";
  /** Stands before the encoded URL of each remote image that is shown: the address of our own that loads it. */
  readonly proxyPrefix?: string;
  readonly theme: "as-sent" | "adapt-dark";
}

/** A rebuilt HTML document: ours from the first octet to the last. */
export interface SafeHtml {
  readonly html: string;
  readonly remoteImages: number;
  readonly trackers: number;
  /** URLs of remote images that may be shown; the proxy serves these alone. */
  readonly imageUrls: readonly string[];
}

/** What an answer quotes: nothing a person did not see in the original, nothing that loads. */
export interface QuotedBody {
  /** Sanitized, without pictures, classes and style sheets; undefined for a plain body. */
  readonly html: string | undefined;
  readonly text: string;
  /** The same text as it is quoted: runs of lines of one depth. */
  readonly blocks: readonly TextBlock[];
  /** The body has more than `blocks` say. */
  readonly isCut: boolean;
}

export interface PartContent {
  readonly part: MessagePart;
  readonly content: Uint8Array<ArrayBuffer>;
}

/** A refusal the caller expects. */
export type ReadingFailure = "too-large" | "took-too-long" | "no-such-part" | "unreadable";

/**
 * Reads mail in worker threads. Every call has a cap of time and memory; beyond it the thread is ended and ReadingError
 * is thrown. `octets` is transferred when it owns its buffer: do not use it afterwards.
 */
export interface MailReader {
  /** Never fails for what a message holds: what cannot be read is said by `isUnreadable`. */
  summarize(octets: Uint8Array): Promise<MessageSummary>;
  read(octets: Uint8Array): Promise<ReadMessage>;
  html(octets: Uint8Array, part: string, options: HtmlOptions): Promise<SafeHtml>;
  part(octets: Uint8Array, part: string): Promise<PartContent>;
  /** The same, to be looked at: text is UTF-8, whatever it came in, and at most 16 MiB of it are read. */
  shownPart(octets: Uint8Array, part: string): Promise<PartContent>;
  /** The first of these parts, and as many more as come to some megabytes: the message is taken apart once for all of them. */
  parts(octets: Uint8Array, parts: readonly string[]): Promise<readonly PartContent[]>;
  quote(octets: Uint8Array, part: string): Promise<QuotedBody>;
  /** Starts a thread where there is none: somebody is about to ask. */
  expect(): void;
  close(): Promise<void>;
}
