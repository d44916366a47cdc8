// Messages whose question for a receipt was answered here, so that it is asked once. Kept in this browser.
const KEY = "restante.receipts";
const KEPT = 500;

function read(): readonly string[] {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(KEY) ?? "[]");
    return Array.isArray(kept) ? kept.filter((one) => typeof one === "string") : [];
  } catch {
    return [];
  }
}

export function isReceiptAnswered(account: string, messageId: number): boolean {
  return read().includes(`${account}/${messageId}`);
}

export function answeredReceipt(account: string, messageId: number): void {
  try {
    localStorage.setItem(KEY, JSON.stringify([...read(), `${account}/${messageId}`].slice(-KEPT)));
  } catch {
    // Without room to remember it is asked again; nothing is sent by itself.
  }
}
