// The post office's end of collected mail that comes over the control socket.
import type { z } from "zod";
import type { Placing, PlacingIntake, PlacingInto } from "../../retriever/index.ts";
import { FrameReader, type Frame } from "../control/frames.ts";
import { describeFailure } from "../control/operation-error.ts";
import type { OperationContext } from "../operations/definition.ts";
import { openLocalPlacing } from "./local-placing.ts";
import { END, FACTS, KIND, wrongStream, type PlacingRow } from "./placing-protocol.ts";
import { RowQueue } from "./row-queue.ts";

/** Messages on their way to the disk; more wait in the socket. */
const PLACING_MAX = 64;

/** Whoever ends the stream in the middle of a message leaves nothing of it here. */
export async function* placeRows(
  context: OperationContext,
  into: PlacingInto,
  stream: AsyncIterable<Uint8Array>,
): AsyncGenerator<PlacingRow> {
  const placing = openLocalPlacing(context, into);
  const rows = new RowQueue<PlacingRow>();
  const taking = takeAll(new FrameReader(stream, wrongStream), placing, rows).then(
    () => rows.end(),
    (error: Error) => rows.end(error),
  );
  try {
    yield* rows;
  } finally {
    await taking;
  }
}

async function takeAll(frames: FrameReader, placing: Placing, rows: RowQueue<PlacingRow>): Promise<void> {
  const keeping = new Set<Promise<void>>();
  let n = 0;
  try {
    for (let first = await frames.next(); first !== undefined; first = await frames.next()) {
      if (first.kind !== KIND.begin) throw wrongStream();
      n += 1;
      const { kept } = await takeOne(first, { n, frames, placing, rows });
      keeping.add(kept);
      void kept.then(() => keeping.delete(kept));
      while (keeping.size >= PLACING_MAX) await Promise.race(keeping);
    }
  } finally {
    await Promise.all(keeping);
  }
}

interface Taking {
  readonly n: number;
  readonly frames: FrameReader;
  readonly placing: Placing;
  readonly rows: RowQueue<PlacingRow>;
}

/** Resolves when its octets are here; `kept` goes on behind that. A message that is refused is read to its end. */
async function takeOne(first: Frame, o: Taking): Promise<{ readonly kept: Promise<void> }> {
  const { n, frames, placing, rows } = o;
  let intake: PlacingIntake | undefined;
  const refuse = (error: unknown): void => {
    intake = undefined;
    rows.push({ n, refused: describeFailure(error) });
  };
  const facts = read(FACTS, first);
  try {
    intake = placing.begin(facts);
  } catch (error) {
    refuse(error);
  }
  try {
    for (;;) {
      const next = await frames.next();
      switch (next?.kind) {
        case KIND.octets:
          await write(intake, next.body).catch(refuse);
          break;
        case KIND.end: {
          const { sha256 } = read(END, next);
          const kept = intake?.keep(sha256).then((placed) => rows.push({ n, placed }), refuse);
          return { kept: kept ?? Promise.resolve() };
        }
        case KIND.cut:
          await intake?.discard();
          return { kept: Promise.resolve() };
        default:
          throw wrongStream();
      }
    }
  } catch (error) {
    await intake?.discard();
    throw error;
  }
}

function read<T>(schema: z.ZodType<T>, frame: Frame): T {
  try {
    return schema.parse(frame.json());
  } catch (cause) {
    throw wrongStream({ cause });
  }
}

async function write(intake: PlacingIntake | undefined, octets: Uint8Array): Promise<void> {
  try {
    await intake?.write(octets);
  } catch (error) {
    await intake?.discard();
    throw error;
  }
}
