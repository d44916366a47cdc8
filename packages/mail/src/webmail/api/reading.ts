// What handlers share: accounts and messages by their ids, each refused in one way when it is not there.
import type { Account, IndexedMessage } from "../../mailstore/index.ts";
import type { HtmlOptions, ReadMessage, SafeHtml } from "../../message/index.ts";
import { ApiError, notFound } from "./api-error.ts";
import { Background } from "./background.ts";
import type { IndexWaits, ReaderHouse } from "./contract.ts";
import { Downloads } from "./downloads.ts";
import { EventHub } from "./events/hub.ts";
import { Capabilities, type BodyPlace } from "./images/capability.ts";
import { FailedImages } from "./images/failed-images.ts";
import { urlCharacters } from "./images/url-characters.ts";
import { Latest, LatestAnswers } from "./latest.ts";
import { LIMITS } from "./limits.ts";
import { MessageOctets, type MessagePlace } from "./message-octets.ts";
import { Answered } from "./sources/answered.ts";
import { SourceSeats } from "./sources/source-seats.ts";
import { Turnstile } from "./turnstile.ts";
import { UndoLog } from "./undo-log.ts";

/** An act whose turn it is. */
export interface Turn {
  readonly undo: UndoLog;
  /** Accounts it does something in: its answer waits for their lists, and the next act does not. */
  readonly touched: Set<string>;
}

export class Reading {
  readonly house: ReaderHouse;
  readonly octets: MessageOctets;
  readonly undo = new UndoLog();
  readonly capabilities = new Capabilities();
  readonly failedImages = new FailedImages();
  readonly events: EventHub;
  readonly seats = new SourceSeats();
  readonly downloads = new Downloads();
  readonly answered = new Answered();
  readonly background: Background;
  readonly #waits: IndexWaits;
  readonly #acts = new Turnstile({ room: 1, waiting: LIMITS.actsWaiting });
  readonly #imageUrls = new Latest<ReadonlySet<string>>(LIMITS.imageUrlCharacters);
  readonly #read = new LatestAnswers<ReadMessage>(LIMITS.readCharacters, costOf);
  /** With images, while it lasts: whoever asks meanwhile gets the same. */
  readonly #rebuilding = new LatestAnswers<SafeHtml>(0, () => 1);
  readonly #rebuilt = new LatestAnswers<SafeHtml>(LIMITS.htmlCharacters, costOfHtml);
  /** The conversation whose frames are expected, and what says that they are no more. */
  #expected = { conversation: "", gone: new AbortController() };
  /** As bodies were last asked for: the next one will be, too. */
  #theme: HtmlOptions["theme"] = "as-sent";

  constructor(house: ReaderHouse) {
    this.house = house;
    this.octets = new MessageOctets(house.store);
    this.background = new Background(house.log);
    this.events = new EventHub(house);
    this.#waits = house.indexWaits ?? LIMITS.indexWaits;
  }

  /** Every account that may be read; one that is disabled cannot be opened. */
  accounts(): readonly Account[] {
    return this.house.store.directory.accounts().filter(({ disabled }) => !disabled);
  }

  account(account: string): Account {
    const found = this.house.store.directory.account(account);
    if (found === undefined || found.disabled) throw notFound("account");
    return found;
  }

  /** Of `all` as many as an index answers at once. */
  scope(account: string): readonly string[] {
    if (account === "all")
      return this.accounts()
        .slice(0, LIMITS.accountsTogether)
        .map((one) => one.account);
    return [this.account(account).account];
  }

  /** One that was just delivered is waited for. */
  async indexed(account: string, messageId: number): Promise<IndexedMessage> {
    this.account(account);
    const { index, store } = this.house;
    const found = await index.message(account, messageId);
    if (found !== undefined) return found;
    if ((await store.placementsOf(account, [messageId])).length === 0) throw notFound("message");
    await index.caughtUp(account, { withinMs: this.#waits.indexedMs });
    const late = await index.message(account, messageId);
    if (late === undefined)
      throw new ApiError("unavailable", "the message is here, and not read yet; try again", { reason: "not-read-yet" });
    return late;
  }

  /**
   * Acts go one after the other, as they were asked for: what takes one back is made of where the one before it left the
   * mail. Whoever goes away before their turn throws the reason of `signal`, and nothing is done.
   */
  async inTurn<T>(signal: AbortSignal, act: (turn: Turn) => Promise<T>): Promise<T> {
    const turn: Turn = { undo: this.undo, touched: new Set() };
    try {
      return await this.#acts.pass(() => act(turn), { takes: 1, signal });
    } finally {
      await this.caughtUp(...turn.touched);
    }
  }

  /** The list that is asked for next shows what was done; an index that is far behind is not waited for. */
  async caughtUp(...accounts: readonly string[]): Promise<void> {
    const { index } = this.house;
    await Promise.all(accounts.map((account) => index.caughtUp(account, { withinMs: this.#waits.caughtUpMs })));
  }

  /** A message never changes, so what was read of it once is kept. */
  async read(account: string, messageId: number, signal?: AbortSignal): Promise<ReadMessage> {
    const key = `${account}/${messageId}`;
    const place = { account, messageId };
    await this.#forgetGone(this.#read, key, place);
    const read = (gone: AbortSignal) => this.octets.lend(place, (octets) => this.house.mail.read(octets), gone);
    return this.#read.ask(key, read, signal);
  }

  /** What is kept of a message goes with it. */
  async #forgetGone(
    answers: Pick<LatestAnswers<unknown>, "has" | "forget">,
    key: string,
    { account, messageId }: MessagePlace,
  ): Promise<void> {
    if (!answers.has(key)) return;
    if ((await this.house.store.placementsOf(account, [messageId])).length === 0) answers.forget(key);
  }

  /** An HTML body, rebuilt; `origin` is the one its remote images are loaded through. */
  async html(place: BodyPlace, o: HtmlWanted, signal?: AbortSignal): Promise<SafeHtml> {
    this.#theme = o.theme;
    const rebuild = (gone: AbortSignal) => this.#rebuild(place, o, gone);
    // One that may load images holds a right that ends; one that may not stays the same, and is kept.
    if (o.images === "shown") return this.#rebuilding.ask(`${keyOf(place)}/${o.theme}/${o.origin}`, rebuild, signal);
    const key = `${keyOf(place)}/${o.theme}`;
    await this.#forgetGone(this.#rebuilt, key, place);
    return this.#rebuilt.ask(key, rebuild, signal);
  }

  /**
   * Begins to rebuild what the frame of a message will ask for, while its page is still being drawn. Whoever goes on to
   * another conversation does not wait behind the frames of those they passed.
   */
  expectFrame(place: BodyPlace, conversation: number): void {
    const expected = `${place.account}/${conversation}`;
    if (this.#expected.conversation !== expected) {
      this.#expected.gone.abort();
      this.#expected = { conversation: expected, gone: new AbortController() };
    }
    const wanted = { images: "blocked", theme: this.#theme, origin: "" } as const;
    // Whoever asks for it hears why it failed.
    this.html(place, wanted, this.#expected.gone.signal).catch(() => undefined);
  }

  async #rebuild(place: BodyPlace, { images, theme, origin }: HtmlWanted, gone: AbortSignal): Promise<SafeHtml> {
    const proxyPrefix = `${origin}/cap/${this.capabilities.grant(place)}/`;
    const options = { images, theme, ...(images === "shown" ? { proxyPrefix } : {}) };
    const html = await this.octets.lend(place, (octets) => this.house.mail.html(octets, place.part, options), gone);
    if (images === "shown") this.#imageUrls.set(keyOf(place), new Set(html.imageUrls), urlCharacters(html.imageUrls));
    return html;
  }

  /** Remote images of a body that may be shown. */
  async imageUrls(place: BodyPlace): Promise<ReadonlySet<string>> {
    const kept = this.#imageUrls.get(keyOf(place));
    if (kept !== undefined) return kept;
    const { imageUrls } = await this.html(place, { images: "shown", theme: "as-sent", origin: "" });
    return new Set(imageUrls);
  }

  /** Addresses its owner writes from, lower case. */
  ownAddresses(account: string): ReadonlySet<string> {
    const { directory } = this.house.store;
    const name = directory.account(account)?.name ?? "";
    const addresses = this.addressesOf(account);
    return new Set([...addresses, name, `${name}@localhost`].map((text) => text.toLowerCase()));
  }

  /** What delivers to the account, as far as it is a whole address, and what is collected into it. */
  addressesOf(account: string): readonly string[] {
    const { store, settings } = this.house;
    const delivered = store.directory
      .addresses(account)
      .flatMap(({ kind, local, domain }) => (kind === "exact" ? [`${local}@${domain}`] : []));
    const collected = settings
      .sources()
      .filter(({ user, destinations }) => user.includes("@") && destinations.some((one) => this.isInto(one, account)))
      .map(({ user }) => user.toLowerCase());
    return [...new Set([...delivered, ...collected])];
  }

  isInto(destination: { readonly kind: string; readonly login?: string }, account: string): boolean {
    if (destination.kind !== "store" || destination.login === undefined) return false;
    return this.house.accounts.accountOf(destination.login) === account;
  }
}

export type HtmlWanted = Pick<HtmlOptions, "images" | "theme"> & { readonly origin: string };

function keyOf({ account, messageId, part }: BodyPlace): string {
  return `${account}/${messageId}/${part}`;
}

/**
 * In characters: what is long of a message is its text, and where its links lead. Everything else of it costs as much as
 * a page.
 */
function costOf({ bodies }: ReadMessage): number {
  const blocks = bodies.flatMap((body) => (body.kind === "text" ? body.blocks : body.kind === "html" ? body.text : []));
  let characters = PAGE_CHARACTERS;
  for (const { text, links } of blocks) characters += links.reduce((sum, { href }) => sum + href.length, text.length);
  return characters;
}

const PAGE_CHARACTERS = 4_096;

/** The URLs of its images are kept beside a body without images, and may be far longer than it is. */
function costOfHtml({ html, imageUrls }: SafeHtml): number {
  return html.length + urlCharacters(imageUrls);
}
