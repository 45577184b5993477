import { guard } from "../../../process/guard.ts";

let turn = 0;
let waiting: (() => void)[] = [];
let isScheduled = false;

const begin = guard("the next slice of a large answer", () => {
  turn += 1;
  isScheduled = false;
  const released = waiting;
  waiting = [];
  for (const goOn of released) goOn();
});

/** The turn of the event loop that this is, as far as anybody counts in it. */
function currentTurn(): number {
  if (!isScheduled) {
    isScheduled = true;
    setImmediate(begin);
  }
  return turn;
}

/**
 * The slices in which one large answer is written, so that others get their turn between them. What its fields ask for in one turn is read
 * together; so a turn in which any of them waits for something is not cut any more, and what was cut in it is taken up at once.
 */
export class Slices {
  readonly #size: number;
  #turn = -1;
  #items = 0;
  #isAsking = false;
  #held: (() => void)[] = [];

  /** @param size items of lists that are written in one turn */
  constructor(size: number) {
    this.#size = size;
  }

  /** Before an item is written: undefined when it may be now. */
  beforeItem(): Promise<void> | undefined {
    this.#count();
    this.#items += 1;
    if (this.#items <= this.#size || this.#isAsking) return undefined;
    return new Promise((resolve) => {
      if (this.#held.length === 0) waiting.push(() => this.#release());
      this.#held.push(resolve);
    });
  }

  /** A field waits for something. */
  asks(): void {
    this.#count();
    this.#isAsking = true;
    this.#release();
  }

  #count(): void {
    const now = currentTurn();
    if (now === this.#turn) return;
    this.#turn = now;
    this.#items = 0;
    this.#isAsking = false;
  }

  #release(): void {
    const released = this.#held;
    this.#held = [];
    for (const goOn of released) goOn();
  }
}
