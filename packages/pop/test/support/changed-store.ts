// The store in memory, with some calls on its maildrops answered otherwise.
import type { Maildrop, MaildropStore, MemoryStore } from "@restante/pop/maildrop";

export function changedStore(change: (maildrop: Maildrop) => Partial<Maildrop>): (store: MemoryStore) => MaildropStore {
  return (store) => ({
    capabilities: store.capabilities,
    deliver: (...args) => store.deliver(...args),
    async open(...args) {
      const maildrop = await store.open(...args);
      const plain: Maildrop = {
        count: maildrop.count,
        octets: maildrop.octets,
        octetsOf: (n) => maildrop.octetsOf(n),
        uniqueIdOf: (n) => maildrop.uniqueIdOf(n),
        read: (...of) => maildrop.read(...of),
        commit: (marked) => maildrop.commit(marked),
        release: () => maildrop.release(),
        touch: () => maildrop.touch(),
      };
      return { ...plain, ...change(maildrop) };
    },
  });
}
