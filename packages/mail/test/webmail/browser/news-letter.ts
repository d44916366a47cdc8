// Letters of people who tell of themselves, and answers to them.
import type { Page } from "playwright-core";

export interface NewsLetter {
  readonly name: string;
  readonly minute: number;
  /** Of the letter it answers. */
  readonly answers?: string;
}

/** "News of Ada", in which Ada writes; an answer has the subject of what it answers. */
export function newsLetter({ name, minute, answers }: NewsLetter): string {
  const thread =
    answers === undefined ? "" : `In-Reply-To: <${answers}@crew.example>\nReferences: <${answers}@crew.example>\n`;
  return `From: ${name} <${name.toLowerCase()}@crew.example>
To: anna@localhost
Date: Mon, 1 Jun 2026 10:0${minute}:00 +0000
Subject: ${answers === undefined ? `News of ${name}` : `Re: News of ${answers}`}
Message-ID: <${name}@crew.example>
${thread}
${name} writes.
`;
}

/** Whose news the rows of the list are, from the first on. */
export async function newsListed(page: Page): Promise<readonly string[]> {
  const titles = await page.locator(".list-pane [role=row] .row-title").allTextContents();
  return titles.map((title) => title.replace("News of ", ""));
}
