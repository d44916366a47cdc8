// How a message is told from what comes before and behind it on the wire: one way for each generation of POP.
import {
  DotStuffer,
  FromQuoter,
  MBOX_END,
  MBOX_SEPARATOR,
  retrieveReply,
  TERMINATION,
  type Framing,
} from "../wire/index.ts";
import type { MessageChunk } from "../maildrop/index.ts";
import { BUFFER_KERNEL } from "./buffer-kernel.ts";

/** Frames one message. */
export interface MessageFrame {
  /** What stands before it; `octets` as listed, with the word for them. */
  begin(octets: number, word?: string): string;
  push(chunk: MessageChunk): readonly Uint8Array[];
  end(): readonly (Uint8Array | string)[];
}

export const FRAMES: Readonly<Record<Framing, () => MessageFrame>> = {
  "multi-line": () => {
    let stuffer: DotStuffer | undefined;
    return {
      begin: retrieveReply,
      push({ octets, mayNeedStuffing }) {
        if (!mayNeedStuffing) return [octets];
        stuffer ??= new DotStuffer({ kernel: BUFFER_KERNEL });
        return stuffer.push(octets);
      },
      end: () => [TERMINATION],
    };
  },
  octets: () => ({
    begin: () => "",
    push: ({ octets }) => [octets],
    end: () => [],
  }),
  mbox: () => {
    const quoter = new FromQuoter({ kernel: BUFFER_KERNEL });
    return {
      begin: () => MBOX_SEPARATOR,
      push: ({ octets }) => quoter.push(octets),
      end: () => [quoter.end(), MBOX_END],
    };
  },
};
