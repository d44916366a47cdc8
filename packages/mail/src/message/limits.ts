// Every limit of reading a mail, in one place.

/** Octets of a message that are parsed; of a larger one the header alone is read. */
export const MESSAGE_OCTETS_MAX = 64 * 1024 * 1024;
/** Octets of one header that are considered, and of one field in it. */
export const HEADER_OCTETS_MAX = 1024 * 1024;
export const FIELD_OCTETS_MAX = 64 * 1024;
/** Fields of one name that are kept. */
export const SAME_FIELDS_MAX = 100;
/** What is nested deeper becomes an attachment of octets as they came. */
export const NESTING_MAX = 50;
export const PARTS_MAX = 1_000;
/** Octets of decoded parts that are handed over together, and how many parts. */
export const PARTS_OCTETS_AT_ONCE = 8 * 1024 * 1024;
export const PARTS_AT_ONCE = 100;
/** Characters of one text of the header that are shown; RFC 5322 §2.1.1 allows a line of that many. */
export const TEXT_CHARACTERS_MAX = 998;
export const ADDRESS_CHARACTERS_MAX = 320;
export const ADDRESSES_MAX = 200;
/** Characters of a message identifier between its angle brackets. */
export const MESSAGE_ID_CHARACTERS_MAX = 250;
export const FILE_NAME_OCTETS_MAX = 150;
export const PREVIEW_CHARACTERS_MAX = 200;
/** Octets of UTF-8 that are indexed for search. */
export const SEARCH_OCTETS_MAX = 256 * 1024;
/** Octets of a plain body that are decoded: enough for every character that is shown, and more where files are inside. */
export const TEXT_OCTETS_MAX = 2 * 1024 * 1024;
export const TEXT_WITH_FILES_OCTETS_MAX = 16 * 1024 * 1024;
/** Characters of a plain body that are shown, and its blocks and links. */
export const BODY_CHARACTERS_MAX = 512 * 1024;
export const BLOCKS_MAX = 2_000;
export const LINKS_MAX = 1_000;
/** Deeper quotes are shown at this depth. */
export const QUOTE_DEPTH_MAX = 12;
/** Bodies shown of one message; what comes after them is listed as attachments. */
export const BODIES_MAX = 50;
/** Files found inside the text of one message. */
export const UUENCODED_FILES_MAX = 20;

export const HTML_OCTETS_MAX = 3 * 1024 * 1024;
export const HTML_NODES_MAX = 60_000;
export const HTML_DEPTH_MAX = 120;
/** Characters of all attributes in the tree of one HTML body: no body has more, but by elements that are opened anew. */
export const HTML_ATTRIBUTES_MAX = 4 * 1024 * 1024;
/** Characters of one HTML body as it is rebuilt, but for the images in it. */
export const HTML_PAGE_CHARACTERS_MAX = 8 * 1024 * 1024;
/** Octets of inline images put into one HTML body. */
export const INLINE_IMAGE_OCTETS_MAX = 10 * 1024 * 1024;
/** Pixels of a picture that is drawn, by its own word. */
export const IMAGE_PIXELS_MAX = 40_000_000;
/** Octets of style sheets read from one HTML body, and of one style attribute. */
export const STYLE_OCTETS_MAX = 256 * 1024;
export const STYLE_ATTRIBUTE_OCTETS_MAX = 8 * 1024;
/** Steps in which the rules of one HTML body are matched with its elements. */
export const MATCH_STEPS_MAX = 2_000_000;
export const REMOTE_IMAGES_MAX = 1_000;
export const URL_CHARACTERS_MAX = 8_192;

/** Recipients of one delivery report. */
export const REPORT_RECIPIENTS_MAX = 100;
/** Days that an event leaves out, and as many that it adds: the last ones, as programs write them in order. */
export const NAMED_DAYS_MAX = 200;
/** Octets of one calendar part, or of one report, that are read. */
export const SMALL_PART_OCTETS_MAX = 256 * 1024;
