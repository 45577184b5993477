/** The place of somebody who takes turns. Numbers count services: they order, they are not times. */
export interface Seat {
  /** Whether it waits for its turn. */
  seated: boolean;
  /** The number of services when it began to wait. */
  since: number;
  /** The number of its own last service; 0 before the first. */
  lastServed: number;
}

/**
 * Whose turn it is: one service each, in order of arrival, then again. So nobody waits for more than one service of each other. Who is urgent
 * goes ahead of those who are not (`isPassable`), and still never twice ahead of the same one.
 */
export interface Turns<T extends Seat> extends Iterable<T> {
  readonly size: number;
  /** Begins to wait, at the end or, if urgent, ahead of who may be passed. Who waits already only moves forward. */
  enter(who: T, urgent: boolean): void;
  /** It had its turn; whether it goes on waiting. */
  served(who: T, stays: boolean): void;
  leave(who: T): void;
  /** Whether `who` had a turn since `other` began to wait, so that `other` must not wait for a further one of it. */
  hasPassed(who: T, other: T): boolean;
}

export function createTurns<T extends Seat>(isPassable: (who: T) => boolean): Turns<T> {
  const order: T[] = [];
  let services = 0;

  const hasPassed = (who: T, other: T): boolean => other.since < who.lastServed;

  function leave(who: T): void {
    if (!who.seated) return;
    who.seated = false;
    order.splice(order.indexOf(who), 1);
  }

  return {
    get size() {
      return order.length;
    },
    [Symbol.iterator]: () => order[Symbol.iterator](),
    enter(who, urgent) {
      if (who.seated && !urgent) return;
      const from = who.seated ? order.indexOf(who) : order.length;
      let to = from;
      if (urgent) {
        for (let other = order[to - 1]; other !== undefined; other = order[to - 1]) {
          if (!isPassable(other) || hasPassed(who, other)) break;
          to -= 1;
        }
      }
      if (who.seated) order.splice(from, 1);
      else who.since = services;
      who.seated = true;
      order.splice(to, 0, who);
    },
    served(who, stays) {
      services += 1;
      who.lastServed = services;
      leave(who);
      if (!stays) return;
      who.since = services;
      who.seated = true;
      order.push(who);
    },
    leave,
    hasPassed,
  };
}
