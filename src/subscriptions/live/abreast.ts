import { inBackground } from "../../process/guard.ts";
import type { Position } from "../../storage/log.ts";
import type { ChatStoredEvent } from "../events/event-filter.ts";
import type { LoggedEvent } from "../events/event-log.ts";
import { Deciding, type Decision, type Waiting } from "./deciding.ts";
import { inMemory, TURN_LIMIT } from "./event-reader.ts";
import type { LiveResult } from "./live-result.ts";
import type { PortalTail } from "./portal-tail.ts";
import type { ReadingTurns } from "./reading-turns.ts";

/** A subscription that has been handed everything there is. None of these throws. */
export interface Member {
  /** Hands over a result; false when the client is behind: he is none of them any more, and goes on by himself once it has caught up. */
  hand(result: LiveResult): boolean;
  /** He is no longer one of them: everything up to a position was handed over. */
  leftAt(position: Position): void;
  /** The event that comes next could not be decided upon. */
  notDecided(logged: LoggedEvent, error: unknown): void;
  /** Goes on by himself. */
  goOn(): void;
}

/**
 * The subscriptions of one group that keep up, in step: woken as one, with one place in the log, and each event that passes costs a member no more
 * than the writing of its result; one that is not for them costs them nothing. Whoever falls behind leaves, and is neither woken nor
 * looked at until he has caught up by himself.
 */
export interface Abreast {
  /** To be called by one who has found nothing newer than what he was handed. */
  join(member: Member, position: Position): void;
  /** Nothing is handed to him any more; false for one who is none of them. */
  leave(member: Member): boolean;
}

export interface AbreastOptions {
  readonly tail: PortalTail;
  readonly turns: ReadingTurns;
  readonly deliver: (logged: LoggedEvent, event: ChatStoredEvent) => Decision | Deciding;
  /** Begins to decide upon an event that will come soon. */
  readonly begin: (logged: LoggedEvent) => void;
}

export function createAbreast(options: AbreastOptions): Abreast {
  return new Company(options);
}

class Company implements Abreast, Waiting {
  readonly #options: AbreastOptions;
  readonly #members = new Set<Member>();
  /** Who came while an event was on its way to the others, or stands elsewhere than they do, with his place. */
  readonly #joining = new Map<Member, Position>();
  readonly #moved = (): void => this.#go();
  #position: Position = 0;
  #begunUpTo: Position = 0;
  #undecided: LoggedEvent | undefined;
  #takenInTurn = 0;
  /** Waits for something new. */
  #isAsleep = false;

  constructor(options: AbreastOptions) {
    this.#options = options;
  }

  join(member: Member, position: Position): void {
    const isFirst = this.#members.size === 0 && this.#undecided === undefined && this.#joining.size === 0;
    if (isFirst) this.#position = position;
    if (isFirst || (this.#isAsleep && position === this.#position)) this.#members.add(member);
    else this.#joining.set(member, position);
    if (isFirst && !this.#isAsleep) this.#sleep();
  }

  leave(member: Member): boolean {
    const joinedAt = this.#joining.get(member);
    if (joinedAt === undefined && !this.#members.has(member)) return false;
    this.#joining.delete(member);
    this.#members.delete(member);
    member.leftAt(joinedAt ?? this.#position);
    if (this.#isAsleep && this.#members.size === 0 && this.#joining.size === 0) {
      this.#isAsleep = false;
      this.#options.tail.forget(this.#moved);
    }
    return true;
  }

  decided(result: Decision): void {
    const logged = this.#undecided;
    this.#undecided = undefined;
    if (logged === undefined) return;
    this.#hand(logged, result);
    this.#go();
  }

  failed(error: unknown): void {
    const logged = this.#undecided;
    this.#undecided = undefined;
    if (logged === undefined) return;
    for (const member of this.#dismiss()) member.notDecided(logged, error);
    this.#rest();
  }

  #sleep(): void {
    this.#isAsleep = true;
    this.#takenInTurn = 0;
    this.#options.tail.wake(this.#moved);
  }

  #go(): void {
    const { tail, turns, deliver } = this.#options;
    this.#isAsleep = false;
    while (this.#undecided === undefined) {
      if (this.#members.size === 0) {
        this.#rest();
        return;
      }
      const logged = tail.covers(this.#position) ? tail.next(this.#position) : undefined;
      if (logged === undefined || logged.event.kind === "gap") {
        // A gap is told to each in words of his own; what is no longer in memory each reads for himself.
        if (logged !== undefined || !tail.covers(this.#position)) for (const member of this.#dismiss()) member.goOn();
        this.#rest();
        return;
      }
      if (this.#takenInTurn === TURN_LIMIT) {
        this.#takenInTurn = 0;
        // Asleep for nobody: who joins meanwhile waits for what comes before him.
        inBackground("going on with what passes", async () => {
          await turns.soon();
          this.#go();
        });
        return;
      }
      this.#takenInTurn += 1;
      const decided = deliver(logged, logged.event);
      if (decided instanceof Deciding) {
        this.#undecided = logged;
        this.#beginAhead(logged.position);
        decided.wait(this);
      } else {
        this.#hand(logged, decided);
      }
    }
  }

  /** What has to wait waits together. */
  #beginAhead(position: Position): void {
    for (const logged of inMemory(this.#options.tail, Math.max(position, this.#begunUpTo), TURN_LIMIT)) {
      this.#begunUpTo = logged.position;
      this.#options.begin(logged);
    }
  }

  #hand({ position }: LoggedEvent, result: Decision): void {
    this.#position = position;
    if (result === undefined) return;
    for (const member of this.#members) {
      if (member.hand(result)) continue;
      this.#members.delete(member);
      member.leftAt(position);
    }
  }

  /**
   * Nothing newer is there: who came meanwhile is one of them from now on if he stands where they do. Who has read the log further than what is
   * in memory, or has not read as far, waits for what comes next, and then goes on by himself.
   */
  #rest(): void {
    const { tail } = this.#options;
    for (const [member, position] of [...this.#joining]) {
      if (tail.covers(position) && tail.next(position) === undefined) continue;
      this.#joining.delete(member);
      member.leftAt(position);
      member.goOn();
    }
    if (this.#members.size === 0 && this.#joining.size > 0) this.#position = Math.min(...this.#joining.values());
    for (const [member, position] of this.#joining) {
      if (position !== this.#position) continue;
      this.#joining.delete(member);
      this.#members.add(member);
    }
    if (this.#members.size > 0 && !this.#isAsleep) this.#sleep();
  }

  /** Everybody leaves. */
  #dismiss(): readonly Member[] {
    const members = [...this.#members];
    this.#members.clear();
    for (const member of members) member.leftAt(this.#position);
    return members;
  }
}
