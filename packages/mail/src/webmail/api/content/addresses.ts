// Where bodies, parts and files of a message are loaded from.
export function contentUrl(o: { readonly account: string; readonly messageId: number }, what: string): string {
  return `/m/${o.account}/${o.messageId}/${what}`;
}
