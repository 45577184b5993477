import { guard, inBackground } from "../../process/guard.ts";
import { EventsTrimmed, LogReplaced, type Position } from "../../storage/log.ts";
import { StorageUnavailable } from "../../storage/storage-unavailable.ts";
import type { LoggedEvent } from "../events/event-log.ts";
import type { Member } from "./abreast.ts";
import { Deciding, type Decision, type Waiting } from "./deciding.ts";
import { isEnding } from "./ending-refusals.ts";
import { type EventReader, TURN_LIMIT } from "./event-reader.ts";
import type { PassedEvent } from "./held-page.ts";
import type { ExecuteDelivery, LiveGroup } from "./live-group.ts";
import type { LiveRequest } from "./live-request.ts";
import type { LiveResult } from "./live-result.ts";
import { gapResult, goneResult, lostResult } from "./told-losses.ts";

/**
 * Takes one result for the client. A promise when the client is behind: nothing more is handed over before it resolves, and the stream
 * ends when it rejects.
 */
export type LiveSink = (result: LiveResult) => Promise<void> | undefined;

/** One subscription that is open. */
export interface LiveStream {
  /**
   * Hands results to the sink, at its pace, and resolves once the stream has ended: closed, events lost, or nothing more to come for this
   * viewer. Rejects with what the sink rejects with. To be called once.
   */
  run(sink: LiveSink): Promise<void>;
  /** Ends it, begun or not. */
  close(): void;
  /** Cursor of what was handed over or passed over last: another stream goes on from there without a seam. */
  place(): string;
  /** The log that it reads is gone: says so as soon as the client takes something, and ends it. */
  logIsGone(): void;
}

export interface LiveStreamOptions {
  /** What of the request is needed while it is open. */
  readonly tells: Pick<LiveRequest, "checkpoints" | "gaps">;
  readonly reader: EventReader;
  readonly group: LiveGroup;
  readonly execute: ExecuteDelivery;
  /** Name of the field in the answer, for results that carry an error only. */
  readonly responseKey: string;
  /** The result for an error; with the cursor of the event that it concerns, where there is one. */
  readonly failed: (error: unknown, cursor?: string) => LiveResult;
  readonly closed: (stream: LiveStream) => void;
}

/** A checkpoint after this many events that were not for the subscription, or after this time if there was one at least. */
const CHECKPOINT_EVENTS = 500;
const CHECKPOINT_MS = 30_000;

/** An event that could not be decided upon because the gateway's own storage was away is taken up again after this. */
const STORAGE_AWAY_MS = 300;

/**
 * A loop over the reader's events without promises of its own. One that has nothing more to read goes on in step with the others of its
 * group, until its client falls behind.
 */
export function openLiveStream(options: LiveStreamOptions): LiveStream {
  return new GroupStream(options);
}

/** A class, because there are thousands: what each keeps is its place and what it waits for. */
class GroupStream implements LiveStream, Member, Waiting {
  readonly #options: LiveStreamOptions;
  #sink: LiveSink | undefined;
  #settle: { resolve(): void; reject(error: unknown): void } | undefined;
  #handedUpTo: Position;
  #begunUpTo: Position = 0;
  #passed = 0;
  #lastResult = 0;
  /** The event that is waited with while the storage is away. */
  #postponed: LoggedEvent | undefined;
  /** The event whose decision is waited for. */
  #undecided: LoggedEvent | undefined;
  #retry: NodeJS.Timeout | undefined;
  #hasEnded = false;
  #isGone = false;
  #isFinishing = false;
  /** Nothing is under way that goes on by itself. */
  #isIdle = false;

  constructor(options: LiveStreamOptions) {
    this.#options = options;
    this.#handedUpTo = options.reader.position;
    if (options.tells.checkpoints) this.#lastResult = performance.now();
  }

  run(to: LiveSink): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#settle = { resolve, reject };
      this.#sink = to;
      if (this.#hasEnded) resolve();
      else this.#go();
    });
  }

  close(): void {
    if (this.#hasEnded) return;
    const { group, reader, closed } = this.#options;
    group.abreast.leave(this);
    this.#hasEnded = true;
    clearTimeout(this.#retry);
    reader.close();
    closed(this);
    this.#settle?.resolve();
  }

  place(): string {
    return this.#options.group.cursorAt(this.#handedUpTo);
  }

  logIsGone(): void {
    this.#isGone = true;
    if (this.#isIdle) this.#go();
  }

  hand(result: LiveResult): boolean {
    const handing = this.#hand(result);
    if (handing === undefined) return true;
    this.#isIdle = false;
    this.#thenGo(handing);
    return false;
  }

  leftAt(position: Position): void {
    this.#handedUpTo = position;
    this.#options.reader.passTo(position);
  }

  notDecided(logged: LoggedEvent, error: unknown): void {
    this.#isIdle = false;
    this.#options.reader.passTo(logged.position);
    this.#undecided = logged;
    this.failed(error);
  }

  goOn(): void {
    this.#go();
  }

  decided(result: Decision): void {
    const logged = this.#takeUndecided();
    if (logged !== undefined) this.#thenGo(this.#handDecided(logged, result));
  }

  failed(error: unknown): void {
    const logged = this.#takeUndecided();
    if (logged === undefined) return;
    if (isStorageAway(error)) this.#postpone(logged);
    else this.#refuse(logged, error);
  }

  /** The client cannot be written to. */
  #abandon(error: unknown): void {
    this.#settle?.reject(error);
    this.close();
  }

  /** The log cannot be read on. */
  #breakOff(error: unknown): void {
    const { responseKey, group, failed } = this.#options;
    if (error instanceof EventsTrimmed) this.#finish(lostResult(responseKey, error, group.cursorAt));
    else if (error instanceof LogReplaced) this.#finish(goneResult(responseKey));
    else this.#finish(failed(error));
  }

  /** Hands over a last result. */
  #finish(result: LiveResult): void {
    if (this.#isFinishing) return;
    this.#isFinishing = true;
    const handing = this.#hand(result);
    if (handing === undefined) this.close();
    else this.#then(handing, () => this.close());
  }

  #hand(result: LiveResult): Promise<void> | undefined {
    if (this.#hasEnded) return undefined;
    this.#passed = 0;
    if (this.#options.tells.checkpoints) this.#lastResult = performance.now();
    try {
      return this.#sink?.(result);
    } catch (error) {
      return Promise.reject(error);
    }
  }

  #thenGo(handing: Promise<void> | undefined): void {
    if (handing === undefined) this.#go();
    else this.#then(handing, () => this.#go());
  }

  #then(waited: Promise<void>, next: () => void): void {
    waited.then(next, (error: unknown) => this.#abandon(error));
  }

  /** Goes on as far as it can. Never throws: many streams are woken in one loop. */
  #go(): void {
    const { reader, group, tells, responseKey } = this.#options;
    if (this.#isIdle) group.abreast.leave(this);
    this.#isIdle = false;
    try {
      while (!this.#hasEnded && !this.#isFinishing) {
        if (this.#isGone) {
          this.#finish(goneResult(responseKey));
          return;
        }
        const passed = this.#postponed === undefined ? reader.passOver() : undefined;
        if (passed !== undefined) {
          const handing = this.#handDecided(passed, undefined);
          if (handing === undefined) continue;
          this.#thenGo(handing);
          return;
        }
        const logged = this.#postponed ?? reader.take();
        this.#postponed = undefined;
        if (logged === undefined) {
          const more = tells.checkpoints ? reader.wait(() => this.#go()) : reader.more();
          if (more !== undefined) {
            more.then(
              () => this.#go(),
              (error: unknown) => this.#breakOff(error),
            );
            return;
          }
          this.#isIdle = true;
          // Each passes over events of its own number where checkpoints count them.
          if (!tells.checkpoints) group.abreast.join(this, reader.position);
          return;
        }
        const decided = this.#decide(logged);
        if (decided instanceof Deciding) {
          this.#undecided = logged;
          if (reader.hasMore()) this.#beginAhead(logged);
          decided.wait(this);
          return;
        }
        const handing = this.#handDecided(logged, decided);
        if (handing !== undefined) {
          this.#thenGo(handing);
          return;
        }
      }
    } catch (error) {
      this.#breakOff(error);
    }
  }

  /** What has to wait waits together: the events behind this one are begun meanwhile, a few in each turn. */
  #beginAhead(logged: LoggedEvent): void {
    const { reader, group } = this.#options;
    let begun = 0;
    for (const later of reader.ahead(Math.max(logged.position, this.#begunUpTo))) {
      if (begun === TURN_LIMIT) {
        inBackground("beginning with later events", async () => {
          await reader.turn();
          if (this.#undecided === logged) this.#beginAhead(logged);
        });
        return;
      }
      this.#begunUpTo = later.position;
      group.begin(later);
      begun += 1;
    }
  }

  #decide(logged: LoggedEvent): Decision | Deciding {
    const { event } = logged;
    return event.kind === "gap"
      ? new Deciding(gapResult(event, logged, this.#options.group.cursorAt(logged.position), this.#options))
      : this.#options.group.deliver(logged, event);
  }

  #takeUndecided(): LoggedEvent | undefined {
    const logged = this.#undecided;
    this.#undecided = undefined;
    return logged;
  }

  #handDecided(logged: LoggedEvent | PassedEvent, result: Decision): Promise<void> | undefined {
    if (!this.#hasEnded) this.#handedUpTo = logged.position;
    return result === undefined ? this.#passOver(logged) : this.#hand(result);
  }

  /** The log cannot be read on now either: nothing is told, and nothing lost, until it can. */
  #postpone(logged: LoggedEvent): void {
    if (this.#hasEnded) return;
    this.#postponed = logged;
    this.#retry = setTimeout(
      guard(
        "going on with a stream",
        () => this.#go(),
        () => this.close(),
      ),
      STORAGE_AWAY_MS,
    );
  }

  /** One event that cannot be decided upon does not end the stream; a viewer whom the portal no longer serves does. */
  #refuse({ position }: LoggedEvent, error: unknown): void {
    if (!this.#hasEnded) this.#handedUpTo = position;
    const { failed, group } = this.#options;
    const handing = this.#hand(failed(error, group.cursorAt(position)));
    if (!isEnding(error)) this.#thenGo(handing);
    else if (handing === undefined) this.close();
    else this.#then(handing, () => this.close());
  }

  /** An event that is not for this subscription. */
  #passOver({ position, receivedAt }: LoggedEvent | PassedEvent): Promise<void> | undefined {
    const { tells, group, execute, failed } = this.#options;
    if (!tells.checkpoints) return undefined;
    this.#passed += 1;
    if (this.#passed < CHECKPOINT_EVENTS && performance.now() - this.#lastResult < CHECKPOINT_MS) return undefined;
    const cursor = group.cursorAt(position);
    return execute({ cursor, receivedAt, content: { kind: "checkpoint" } }, position).then(
      (result) => this.#hand(result),
      (error: unknown) =>
        // The next event that is passed over brings another one.
        isStorageAway(error) ? undefined : this.#hand(failed(error, cursor)),
    );
  }
}

function isStorageAway(error: unknown): boolean {
  return error instanceof StorageUnavailable;
}
