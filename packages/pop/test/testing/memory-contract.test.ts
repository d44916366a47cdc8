// The store in memory keeps the contract.
import { MemoryStore } from "../../src/maildrop/index.ts";
import { maildropContract } from "../../src/testing/index.ts";

maildropContract(
  "memory",
  () => {
    let time = 0;
    const store = new MemoryStore({ now: () => time });
    store.addAccount("anna");
    store.addAccount("bert");
    return {
      store,
      account: "anna",
      otherAccount: "bert",
      advanceClock: (ms) => void (time += ms),
      removeBeside: (account, messageIds) => store.remove(account, messageIds),
    };
  },
  { without: ["reopen"] },
);
