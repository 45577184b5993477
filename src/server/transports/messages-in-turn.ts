import type { RawData } from "ws";
import { inBackground } from "../../process/guard.ts";
import type { LoopTurns } from "../operations/loop-turns.ts";

export interface MessagesInTurnOptions {
  readonly turns: LoopTurns;
  /** Name of the identity whose socket it is; undefined as long as that is not known. */
  readonly whose: () => string | undefined;
  readonly take: (message: RawData) => void;
  /** Reads nothing more from the socket until the function that is returned is called. */
  readonly hold: () => () => void;
}

/** Bytes in which a client says that it no longer wants an operation. */
const SHORT_BYTES = 100;
const COMPLETE = '"complete"';
/** So many of them go along with the message before them. */
const MAX_ALONG = 50;

/**
 * Takes the messages of one socket in their order, each in its identity's turn. While one waits nothing more is read, so that no more wait
 * than had come already. What completes an operation goes along with the message before it: the operation is to answer nothing more.
 */
export function createMessagesInTurn({ turns, whose, take, hold }: MessagesInTurnOptions): (message: RawData) => void {
  const untaken: RawData[] = [];
  let isWaiting = false;
  let along = 0;

  function goesAlong(message: RawData | undefined): message is RawData {
    if (along >= MAX_ALONG || !Buffer.isBuffer(message) || message.length > SHORT_BYTES) return false;
    return message.includes(COMPLETE);
  }

  /** Takes the first, now or in turn. */
  function takeFirst(): Promise<void> | undefined {
    const name = whose();
    const work = (): void => {
      along = 0;
      let message = untaken.shift();
      while (message !== undefined) {
        take(message);
        const [next] = untaken;
        if (!goesAlong(next)) return;
        along += 1;
        message = untaken.shift();
      }
    };
    if (name === undefined) {
      work();
      return undefined;
    }
    const turn = turns.take(name, work);
    return turn === "full" ? undefined : turn;
  }

  async function takeAll(first: Promise<void>): Promise<void> {
    isWaiting = true;
    const goOn = hold();
    await first;
    while (untaken.length > 0) await takeFirst();
    isWaiting = false;
    goOn();
  }

  return (message) => {
    if (!isWaiting && goesAlong(message)) {
      along += 1;
      take(message);
      return;
    }
    untaken.push(message);
    if (isWaiting) return;
    const turn = takeFirst();
    if (turn !== undefined) inBackground("messages that waited for their turn", () => takeAll(turn));
  };
}
