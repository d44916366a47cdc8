// What a page is to be for whoever has it otherwise than it was drawn: a finger for a mouse, colours of the system's, more
// space between letters.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Locator, Page } from "playwright-core";
import { becomes, drawn, goTo, NEEDS_CHROMIUM, newContext, turn, usable } from "./browser.ts";
import { collectOwnMail } from "./furnish.ts";
import { contrast, styleOf } from "./harmless.ts";
import { EMPTY_DRAFT } from "../empty-draft.ts";
import { openReader, type Reader, setUp } from "./set-up.ts";
import { ask } from "./writing-desk.ts";

let reader: Reader;

setUp(async (file) => {
  reader = await openReader(file, { args: ["--demo"] });
  await reader.page.getByRole("row", { name: /Re: Lunch/ }).waitFor();
});

const UPRIGHT = { width: 390, height: 844 } as const;
const ON_ITS_SIDE = { width: 844, height: 390 } as const;
const FINGER = { hasTouch: true, isMobile: true } as const;

/** The same person with another device. */
async function elsewhere(options: Parameters<typeof newContext>[1]): Promise<Page> {
  const storageState = await reader.context.storageState();
  const page = await (await newContext(reader.browser, { ...options, storageState })).newPage();
  await page.goto(`${reader.origin}/#/all/inbox`);
  await page.getByRole("row").first().waitFor();
  // What is painted before the program is not all there is.
  await usable(page);
  return page;
}

interface Box {
  readonly name: string;
  readonly width: number;
  readonly height: number;
}

/** Everything that is pressed, in sight, and no word in a line of text (WCAG 2.5.5, 2.5.8). */
const TARGETS = `[...document.querySelectorAll("button, a[href], select, [role=menuitem], [role=row]")]
  .filter((one) => one.checkVisibility({ visibilityProperty: true, opacityProperty: true }) && one.closest("p") === null
    && one.closest(".skip, .text-body, .unseen, [inert]") === null)
  .map((one) => {
    const { width, height } = one.getBoundingClientRect();
    return { name: (one.className + " " + (one.ariaLabel ?? one.textContent)).slice(0, 60), width, height };
  })
  .filter(({ width, height }) => width > 1 && height > 1)`;

test("with a finger everything that is pressed is 44 pixels or more", NEEDS_CHROMIUM, async () => {
  const page = await elsewhere({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });
  const small = async (): Promise<readonly Box[]> =>
    (await page.evaluate<Box[]>(TARGETS)).filter(({ width, height }) => width < 44 || height < 44);
  assert.deepEqual(await small(), [], "the list");
  await page.getByRole("row", { name: /Re: Lunch/ }).tap();
  await page.locator("article.message:not([aria-busy])").waitFor();
  assert.deepEqual(await small(), [], "a message");
  await page.context().close();
});

test("the mailboxes come from the edge of a phone, as high as it is", NEEDS_CHROMIUM, async () => {
  const page = await elsewhere({ viewport: { width: 390, height: 844 }, reducedMotion: "reduce" });
  await page.getByRole("button", { name: "Mailboxes" }).click();
  const drawer = page.locator(".drawer");
  await drawer.getByRole("link", { name: "Archive" }).waitFor();
  await becomes(() => drawer.boundingBox(), { x: 0, y: 0, width: 288, height: 844 });
  await page.context().close();
});

test("with text twice as large no row of a server mailbox lies over another", NEEDS_CHROMIUM, async () => {
  await collectOwnMail(reader, "own");
  const page = await elsewhere({});
  await page.evaluate(`{
    const sheet = new CSSStyleSheet();
    sheet.replaceSync("html { font-size: 200% }");
    document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
  }`);
  await goTo(page, "#/source/own/server");
  const rows = page.locator(".server-rows .server-row");
  await rows.nth(1).waitFor();
  await becomes(async () => {
    const [first, second] = [await rows.nth(0).boundingBox(), await rows.nth(1).boundingBox()];
    return (first?.y ?? 0) + (first?.height ?? 0) - (second?.y ?? 0);
  }, 0);
  await page.context().close();
});

/** Of a row: the line each of its labels is in, and how far what it is about stands from the last. */
const LABELS = `(row) => {
  const chips = [...row.querySelectorAll(".label-chip")].map((chip) => chip.getBoundingClientRect());
  const words = row.querySelector(".row-words").getBoundingClientRect();
  return [...chips.map(({ top }) => Math.round(top - chips[0].top)), Math.round(words.left - chips.at(-1).right)];
}`;

test(
  "a row of the narrowest list shows each of its labels, and right behind them what it is about",
  NEEDS_CHROMIUM,
  async () => {
    const { page: wide } = reader;
    await goTo(wide, "#/all/inbox");
    await wide.getByRole("row", { name: /Re: Lunch/ }).focus();
    await wide.keyboard.press("l");
    const dialog = wide.getByRole("dialog");
    for (const name of ["Harbour", "Letters to answer", "Winter storage"]) {
      await dialog.getByRole("textbox").fill(name);
      await wide.keyboard.press("Enter");
      await dialog.getByRole("checkbox", { name }).and(wide.locator(":checked")).waitFor();
    }
    await wide.keyboard.press("Escape");
    const page = await elsewhere({ viewport: { width: 320, height: 640 } });
    const row = page.getByRole("row", { name: /Re: Lunch/ });
    await row.locator(".label-chip").nth(2).waitFor();
    await becomes(() => page.evaluate(`(${LABELS})(document.querySelector(".row:has(.label-chip)"))`), [0, 0, 0, 8]);
    await page.context().close();
  },
);

/** How far the text of each stands from where its cell begins, in a page that is written from the right. */
const BEHIND = `(one) => {
  const text = document.createRange();
  text.selectNodeContents(one);
  return Math.round(one.closest("[role=gridcell], [role=cell]").getBoundingClientRect().right - text.getBoundingClientRect().right);
}`;

test(
  "in a language written from the right a line in Latin letters begins at the right, too",
  NEEDS_CHROMIUM,
  async () => {
    await ask(reader.page, "/api/settings", { method: "PATCH", body: { language: "pseudo-rtl", density: "relaxed" } });
    const page = await elsewhere({});
    const behind = (lines: string): Promise<readonly number[]> =>
      page.evaluate(`Array.from(document.querySelectorAll(${JSON.stringify(lines)}), ${BEHIND}).slice(0, 4)`);
    await becomes(() => behind(".row-title, .row-preview"), [0, 0, 0, 0]);
    await goTo(page, "#/source/own/server");
    await page.locator(".server-rows .server-row").nth(1).waitFor();
    await becomes(() => behind(".server-message bdi:not(.server-narrow bdi)"), [0, 0, 0, 0]);
    await page.context().close();
    await ask(reader.page, "/api/settings", { method: "PATCH", body: { language: "en", density: "normal" } });
  },
);

/** How far each text that its box has room for stands from where that begins, in a page that is written from the right. */
const FROM_START = `(one) => {
  const text = document.createRange();
  text.selectNodeContents(one);
  return Math.round(one.getBoundingClientRect().right - text.getBoundingClientRect().right);
}`;

test("in a language written from the right what fills a line begins at the right", NEEDS_CHROMIUM, async () => {
  const draft = { ...EMPTY_DRAFT, subject: "Pier" };
  await ask(reader.page, "/api/drafts/left-from-the-right", {
    method: "PUT",
    body: { account: "1", version: 0, fields: draft },
  });
  await ask(reader.page, "/api/settings", { method: "PATCH", body: { language: "pseudo-rtl" } });
  const page = await elsewhere({ viewport: { width: 390, height: 844 } });
  const off = (lines: string): Promise<readonly number[]> =>
    page.evaluate(
      `Array.from(document.querySelectorAll(${JSON.stringify(lines)}), ${FROM_START}).filter((px) => px > 0)`,
    );
  await becomes(() => off(".row-preview"), []);
  await page.getByRole("row", { name: /Re: Lunch/ }).click();
  await page.locator("article.message:not([aria-busy]) .head-more").click();
  await page.locator(".head-details dd").nth(2).waitFor();
  await becomes(() => off(".head-details dd"), []);
  await goTo(page, "#/drafts");
  await page.locator(".paper-subject").first().waitFor();
  await becomes(() => off(".paper-subject"), []);
  await page.context().close();
  await ask(reader.page, "/api/settings", { method: "PATCH", body: { language: "en" } });
});

/** Where the first letter of each of its words stands, from the right. */
const WORDS = `(one) => {
  const places = [];
  const texts = document.createTreeWalker(one, NodeFilter.SHOW_TEXT);
  for (let node = texts.nextNode(); node !== null; node = texts.nextNode())
    for (const { 0: word, index } of node.data.matchAll(/[^\\s·]+/g)) {
      const range = document.createRange();
      range.setStart(node, index);
      range.setEnd(node, index + word.length);
      const { left, right } = range.getBoundingClientRect();
      places.push({ word, left: Math.round(left), right: Math.round(right) });
    }
  return places;
}`;

test("in a language written from the right a size stands right of the date behind it", NEEDS_CHROMIUM, async () => {
  await ask(reader.page, "/api/settings", { method: "PATCH", body: { language: "pseudo-rtl" } });
  const page = await elsewhere({ viewport: { width: 390, height: 844 } });
  await goTo(page, "#/source/own/server");
  await page.locator(".server-rows .server-row").nth(1).waitFor();
  await page.locator("html[dir=rtl]").waitFor();
  await drawn(page);
  const words = await page.evaluate<
    readonly { readonly word: string; readonly left: number; readonly right: number }[]
  >(`(${WORDS})(document.querySelector(".server-narrow"))`);
  const size = words.slice(0, 2);
  const date = words.slice(2);
  assert.ok(date.length > 0, JSON.stringify(words));
  assert.ok(
    Math.min(...size.map(({ left }) => left)) >= Math.max(...date.map(({ right }) => right)),
    JSON.stringify(words),
  );
  await page.context().close();
  await ask(reader.page, "/api/settings", { method: "PATCH", body: { language: "en" } });
});

test("in colours of the system's what is unread, chosen and current can be told", NEEDS_CHROMIUM, async () => {
  const page = await elsewhere({ forcedColors: "active" });
  /** With the focus and the pointer elsewhere: they have a look of their own. */
  const look = async (at: Locator): Promise<readonly string[]> => {
    await page.getByRole("button", { name: "Settings" }).focus();
    await page.mouse.move(0, 0);
    return at.first().evaluate((element) => {
      const { getComputedStyle } = globalThis as unknown as {
        getComputedStyle: (of: unknown) => Readonly<Record<string, string>>;
      };
      const { backgroundColor, outlineStyle, borderColor, color, fontWeight } = getComputedStyle(element);
      return [backgroundColor, outlineStyle, borderColor, color, fontWeight].map(String);
    });
  };
  const row = page.getByRole("row", { name: /Re: Lunch/ });
  const plain = await look(row);
  await turn(row.locator("input"), "on");
  await row.and(page.locator("[aria-selected=true]")).waitFor();
  assert.notDeepEqual(await look(row), plain, "chosen");
  await turn(row.locator("input"), "off");
  await row.and(page.locator("[aria-selected=false]")).waitFor();
  await becomes(() => look(row), plain);
  await row.click();
  await row.and(page.locator("[aria-current=true]")).waitFor();
  assert.notDeepEqual(await look(row), plain, "current");
  const names = (rows: string): Locator => page.locator(`${rows} .row-names`);
  assert.notDeepEqual(await look(names("[data-unread]")), await look(names(".row:not([data-unread])")), "unread");
  const [dot] = await look(page.locator("[data-unread] .dot"));
  assert.notEqual(dot, (await look(page.locator("[data-unread]")))[0], "its dot has a colour of its own");
  assert.notDeepEqual(
    await look(page.locator("nav a[aria-current]")),
    await look(page.locator("nav a:not([aria-current])")),
  );
  await page.context().close();
});

test(
  "in colours of the system's the focus can be told among chosen rows, and a filter that is on",
  NEEDS_CHROMIUM,
  async () => {
    const page = await elsewhere({ forcedColors: "active" });
    const [first, second] = [page.getByRole("row").nth(0), page.getByRole("row").nth(1)];
    for (const row of [first, second]) {
      await turn(row.locator("input"), "on");
      await row.and(page.locator("[aria-selected=true]")).waitFor();
    }
    await page.mouse.move(0, 0);
    /** What is drawn around it: colours of the ground are the system's, whatever it is. */
    const edge = async (at: Locator): Promise<string> =>
      `${await styleOf(at, "outline")}, ${await styleOf(at, "border")}`;
    // The first key goes to the list; the next ones within it.
    await second.focus();
    await page.keyboard.press("ArrowUp");
    await page.locator("[role=row]:focus-visible").waitFor();
    const focused = page.locator("[role=row][aria-selected=true]:focus");
    const other = page.locator("[role=row][aria-selected=true]:not(:focus)");
    assert.notEqual(await edge(focused.first()), await edge(other.first()));
    await turn(first.locator("input"), "off");
    await turn(second.locator("input"), "off");

    const filter = page.locator(".icon-button.filter").first();
    await filter.waitFor();
    await page.mouse.move(0, 0);
    const off = await edge(filter);
    await filter.click();
    await filter.and(page.locator("[aria-pressed=true]")).waitFor();
    await page.getByRole("search").getByRole("combobox").focus();
    await page.mouse.move(0, 0);
    assert.notEqual(await edge(filter), off, "a filter that is on");
    await page.context().close();
  },
);

/** The colour of each text in sight, and of its ground; but of badges, and of labels, whose ground is mixed. */
const TEXTS = `[...document.querySelectorAll("body *")]
  .filter((one) => one.checkVisibility({ visibilityProperty: true, opacityProperty: true })
    && one.closest(".unseen, .skip, .label-chip, [aria-hidden=true], :disabled") === null
    && [...one.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.data.trim() !== ""))
  .map((one) => {
    let ground = one;
    while (ground.parentElement !== null && getComputedStyle(ground).backgroundColor === "rgba(0, 0, 0, 0)")
      ground = ground.parentElement;
    return { name: one.className + " " + one.textContent.slice(0, 30), text: getComputedStyle(one).color,
      on: getComputedStyle(ground).backgroundColor };
  })`;

test("who asks for more contrast has 7:1 in every text (WCAG 1.4.6)", NEEDS_CHROMIUM, async () => {
  for (const colorScheme of ["light", "dark"] as const) {
    const page = await elsewhere({ contrast: "more", colorScheme });
    await page.getByRole("row", { name: /Re: Lunch/ }).click();
    await page.locator("article.message:not([aria-busy])").waitFor();
    await page.mouse.move(0, 0);
    await becomes(async () => {
      const texts = await page.evaluate<readonly { name: string; text: string; on: string }[]>(TEXTS);
      assert.ok(texts.length > 20, `${texts.length} texts`);
      return texts.filter(({ text, on }) => contrast(text, on) < 7);
    }, []);
    await page.context().close();
  }
});

test("on a phone how many are chosen is said whole, upright and on its side", NEEDS_CHROMIUM, async () => {
  for (const viewport of [UPRIGHT, ON_ITS_SIDE]) {
    const page = await elsewhere({ viewport, ...FINGER });
    await turn(page.getByRole("row", { name: /Re: Lunch/ }).locator("input"), "on");
    await page.getByRole("heading", { name: "1 chosen" }).waitFor();
    // It lies over rows.
    await page.getByRole("button", { name: "New message" }).waitFor({ state: "hidden" });
    const isCut = await page.evaluate<boolean>(`(() => {
      const { scrollWidth, clientWidth } = document.querySelector(".list-header h1");
      return scrollWidth > clientWidth;
    })()`);
    assert.equal(isCut, false, `${viewport.width} pixels`);
    await page.context().close();
  }
});

test("on a phone on its side one writes in the whole window, and sending stays in sight", NEEDS_CHROMIUM, async () => {
  const page = await elsewhere({ viewport: ON_ITS_SIDE, ...FINGER });
  await page.getByRole("button", { name: "New message" }).tap();
  const written = page.getByRole("region", { name: "New message" });
  await written.getByRole("button", { name: "Formatted text" }).tap();
  await page.locator(".rich-text").fill("One line");
  await becomes(() => written.boundingBox(), { x: 0, y: 0, ...ON_ITS_SIDE });
  for (const one of [written.getByRole("heading"), written.getByRole("button", { name: "Send" })]) {
    const { y, height } = (await one.boundingBox()) ?? { y: -1, height: 0 };
    assert.ok(y >= 0 && y + height <= ON_ITS_SIDE.height, `from ${y}, ${height} high`);
  }
  await page.context().close();
});

test(
  "going back from a message beside the list gives the focus to its title, and j goes on",
  NEEDS_CHROMIUM,
  async () => {
    const page = await elsewhere({ viewport: ON_ITS_SIDE, ...FINGER });
    await page.getByRole("row", { name: /Re: Lunch/ }).tap();
    await page.locator("h2:focus").waitFor();
    await page.goBack();
    await page.locator(".list-title:focus").waitFor();
    await page.keyboard.press("k");
    await page.locator("[role=row]:focus").waitFor();
    await page.context().close();
  },
);

test("a list behind what is open does not shine through under a finger", NEEDS_CHROMIUM, async () => {
  const page = await elsewhere({ viewport: UPRIGHT, ...FINGER });
  await page.getByRole("row", { name: /Re: Lunch/ }).tap();
  await page.locator(".list-pane[inert]").waitFor({ state: "attached" });
  const seen = await page.evaluate<number>(
    `[...document.querySelectorAll(".list-pane *")].filter((one) => one.checkVisibility({ visibilityProperty: true })).length`,
  );
  assert.equal(seen, 0);
  await page.context().close();
});

test("on the smallest phone a search has the room of the buttons while it is typed", NEEDS_CHROMIUM, async () => {
  const page = await elsewhere({ viewport: { width: 320, height: 568 }, ...FINGER });
  const field = page.getByRole("search").getByRole("combobox");
  const isCut = (): Promise<boolean> =>
    page.evaluate(`(() => {
      const { scrollWidth, clientWidth } = document.querySelector("search input");
      return scrollWidth > clientWidth;
    })()`);
  const bar = await page.getByRole("banner").boundingBox();
  await field.tap();
  await field.fill("from:mina regatta");
  await page.getByRole("row", { name: /Regatta stall/ }).waitFor();
  assert.equal(await isCut(), false);
  assert.deepEqual(await page.getByRole("banner").boundingBox(), bar);
  // Whoever goes on to one of them sees it.
  await page.keyboard.press("Tab");
  await page.keyboard.press("Tab");
  const isOnTop = (): Promise<boolean> =>
    page.evaluate(`(() => {
    const { left, top, width, height } = document.activeElement.getBoundingClientRect();
    const there = document.elementFromPoint(left + width / 2, top + height / 2);
    return document.activeElement.matches(".top-end button") && document.activeElement.contains(there);
  })()`);
  await becomes(isOnTop, true);
  await page.context().close();
});

test("more space between letters, words and lines cuts nothing off", NEEDS_CHROMIUM, async () => {
  const page = await elsewhere({});
  await page.getByRole("row", { name: /Re: Lunch/ }).click();
  await page.locator("article.message:not([aria-busy])").waitFor();
  // WCAG 1.4.12, by the debugger: the page's policy lets no style in.
  await page.evaluate(`{
    const sheet = new CSSStyleSheet();
    sheet.replaceSync("* { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important } p { margin-block-end: 2em !important }");
    document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
  }`);
  // Rows and names give way to what stands beside them, and say all of it in their names; nothing else may be cut.
  const cut = await page.evaluate<
    string[]
  >(`[...document.querySelectorAll("button, h1, h2, h3, label, article p, article dd")]
    .filter((one) => one.checkVisibility() && getComputedStyle(one).textOverflow !== "ellipsis" && one.closest(".unseen, .skip") === null)
    .filter((one) => getComputedStyle(one).overflowY !== "visible" && (one.scrollHeight > one.clientHeight + 1 || one.scrollWidth > one.clientWidth + 1))
    .map((one) => one.className + " " + one.textContent.slice(0, 40))`);
  assert.deepEqual(cut, []);
  for (const density of ["compact", "normal", "relaxed"]) {
    await ask(page, "/api/settings", { method: "PATCH", body: { density } });
    await page.locator(`[data-density="${density}"]`).waitFor();
    const outside = await page.evaluate<string[]>(`[...document.querySelectorAll(".row")].flatMap((row) => {
      const { top, bottom } = row.getBoundingClientRect();
      return [...row.querySelectorAll(".row-names, .row-count, .row-date, .row-title")]
        .filter((one) => one.getBoundingClientRect().top < top - 1 || one.getBoundingClientRect().bottom > bottom + 1)
        .map((one) => one.className + " " + one.textContent);
    })`);
    assert.deepEqual(outside, [], density);
  }
  await ask(page, "/api/settings", { method: "PATCH", body: { density: "normal" } });
  const isWide = await page.evaluate<boolean>("document.documentElement.scrollWidth > innerWidth");
  assert.equal(isWide, false);
  await page.context().close();
});
