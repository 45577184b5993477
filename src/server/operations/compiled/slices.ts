import { guard } from "../../../process/guard.ts";

let turn = 0;
/** Answers that go on in a later turn; false from those that have gone on already. */
const waiting: (() => boolean)[] = [];
let isScheduled = false;

/** One answer goes on in each turn: with a slice of each of a hundred, all others would wait for a hundred slices. */
const begin = guard("the next slice of a large answer", () => {
  turn += 1;
  isScheduled = false;
  while (waiting.shift()?.() === false);
  if (waiting.length > 0) currentTurn();
});

/** The turn of the event loop that this is, as far as anybody counts in it. */
function currentTurn(): number {
  if (!isScheduled) {
    isScheduled = true;
    setImmediate(begin);
  }
  return turn;
}

/** So many slices are one where something is waited for. */
const SLICES_TOGETHER = 8;

/**
 * The slices in which one large answer is written, so that others get their turn between them. What its fields ask for in one turn is read
 * together; so a turn in which any of them waits for something goes on for several slices, with what was cut in it before.
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
    return this.#items <= (this.#isAsking ? this.#longest : this.#size) ? undefined : this.#hold();
  }

  /** Before a value is written that was waited for: undefined when it may be now. Thousands may have waited for one answer. */
  beforeAnswered(): Promise<void> | undefined {
    this.#count();
    this.#items += 1;
    return this.#items <= this.#longest ? undefined : this.#hold();
  }

  /** A field waits for something. */
  asks(): void {
    this.#count();
    this.#isAsking = true;
    if (this.#items <= this.#longest) this.#release();
  }

  get #longest(): number {
    return this.#size * SLICES_TOGETHER;
  }

  #count(): void {
    const now = currentTurn();
    if (now === this.#turn) return;
    this.#turn = now;
    this.#items = 0;
    this.#isAsking = false;
  }

  #hold(): Promise<void> {
    return new Promise((resolve) => {
      if (this.#held.length === 0) waiting.push(() => this.#release());
      this.#held.push(resolve);
    });
  }

  /** Whether anything was held. */
  #release(): boolean {
    const released = this.#held;
    this.#held = [];
    for (const goOn of released) goOn();
    return released.length > 0;
  }
}
