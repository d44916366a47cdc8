// Every limit of the reader's API, in one place. Times in milliseconds, sizes in octets.
export const LIMITS = {
  requestOctets: 1_048_576,
  headerOctets: 16_384,
  /** Of a request, from its first octet to the last of its body: a file may be on its way. Silence ends it sooner. */
  requestMs: 30 * 60_000,
  headersMs: 10_000,
  keepAliveMs: 30_000,
  silenceMs: 120_000,
  connections: 512,
  /** Larger messages are saved, not shown. */
  messageOctets: 128 * 1_048_576,
  /** Of all messages that are read at once, and how many wait until there is room for theirs. */
  octetsAtOnce: 128 * 1_048_576,
  readingsWaiting: 256,
  /** Of messages kept as they were read: some thousand ordinary ones, or a few of the longest. */
  readCharacters: 8 * 1_048_576,
  /** Of HTML bodies kept as they were rebuilt, and of the URLs of their images. */
  htmlCharacters: 8 * 1_048_576,
  /** Of the URLs of images that are remembered of HTML bodies while they are shown: room for those of any one body. */
  imageUrlCharacters: 8 * 1_048_576,
  /** Acts whose turn is still to come: as many as there are connections. */
  actsWaiting: 512,
  undoMs: 20 * 60_000,
  undoEntries: 1_000,
  indexWaits: { caughtUpMs: 2_000, indexedMs: 15_000 },
  /** Of what is written, as JSON: with whom it goes to it fits into a request, and into a document of the store. */
  draftOctets: 800_000,
  /** Of all attachments of a draft together; base64 makes a third more of them. */
  attachmentOctets: 36 * 1_048_576,
  /** Of a file that is dropped to be imported. */
  importOctets: 4 * 1_073_741_824,
  /** Counting what a rule would match ends after this. */
  countMatchesMs: 5_000,
  /** Of what is printed of one message as it was sent, in characters: HTML with all it holds, then pictures in base64. */
  printedCharacters: 48 * 1_048_576,
  /** Of what is printed of it as text. */
  printedTextCharacters: 8 * 1_048_576,
  zipParts: 1_000,
  zipMessages: 65_535,
  zipOctets: 1_073_741_824,
  /** Of which lists of all accounts are made: an index answers no more at once. */
  accountsTogether: 200,
  eventsKept: 10_000,
  eventIds: 200,
  eventEveryMs: 250,
  heartbeatMs: 20_000,
  eventStreams: 64,
  capabilityMs: 12 * 3_600_000,
  imageOctets: 10 * 1_048_576,
  imageMs: 10_000,
  imageRedirects: 3,
  /** Of the first try; the next has twice as long. */
  nameServerMs: 1_500,
  nameServerTries: 2,
  /** For one address of several, before the next is tried. */
  addressMs: 1_000,
  addressesOfAKind: 2,
  imagesAtOnce: 6,
  imagesWaiting: 200,
  imageCacheOctets: 32 * 1_048_576,
} as const;
