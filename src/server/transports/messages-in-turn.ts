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
export function createMessagesInTurn(options: MessagesInTurnOptions): (message: RawData) => void {
  const messages = new MessagesInTurn(options);
  return (message) => messages.receive(message);
}

/** A class, because there is one for each socket: methods are shared, closures are not. */
class MessagesInTurn {
  readonly #options: MessagesInTurnOptions;
  /** Undefined while none waits. */
  #untaken: RawData[] | undefined;
  #isWaiting = false;
  #along = 0;

  constructor(options: MessagesInTurnOptions) {
    this.#options = options;
  }

  receive(message: RawData): void {
    if (!this.#isWaiting && this.#goesAlong(message)) {
      this.#along += 1;
      this.#options.take(message);
      return;
    }
    this.#untaken ??= [];
    this.#untaken.push(message);
    if (this.#isWaiting) return;
    const turn = this.#takeFirst();
    if (turn !== undefined) inBackground("messages that waited for their turn", () => this.#takeAll(turn));
    else if (this.#untaken.length === 0) this.#untaken = undefined;
  }

  #goesAlong(message: RawData | undefined): message is RawData {
    if (this.#along >= MAX_ALONG || !Buffer.isBuffer(message) || message.length > SHORT_BYTES) return false;
    return message.includes(COMPLETE);
  }

  /** Takes the first, now or in turn. */
  #takeFirst(): Promise<void> | undefined {
    const { turns, whose } = this.#options;
    const name = whose();
    if (name === undefined) {
      this.#work();
      return undefined;
    }
    const turn = turns.take(name, () => this.#work());
    return turn === "full" ? undefined : turn;
  }

  #work(): void {
    this.#along = 0;
    let message = this.#untaken?.shift();
    while (message !== undefined) {
      this.#options.take(message);
      if (!this.#goesAlong(this.#untaken?.[0])) return;
      this.#along += 1;
      message = this.#untaken?.shift();
    }
  }

  async #takeAll(first: Promise<void>): Promise<void> {
    this.#isWaiting = true;
    const goOn = this.#options.hold();
    await first;
    while (this.#untaken !== undefined && this.#untaken.length > 0) await this.#takeFirst();
    this.#isWaiting = false;
    this.#untaken = undefined;
    goOn();
  }
}
