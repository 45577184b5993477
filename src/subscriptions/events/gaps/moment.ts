import { uptime } from "node:os";
import { BOOT } from "../../../storage/processes.ts";

/** `performance.now()` stands still while the machine sleeps, the system's uptime does not, but asking for it reads a file. */
const MEASURED_FOR_MS = 500;

/**
 * An instant by two clocks. The wall clock is what clients understand, but it is set back and forth; the time since the machine's boot only
 * runs forward, sleep of the machine included, but means nothing after the next boot.
 */
export interface Moment {
  /** Milliseconds of the wall clock. */
  readonly at: number;
  /** Milliseconds since boot. */
  readonly up: number;
  /** Which boot; empty where the system does not tell. */
  readonly boot: string;
}

let measuredAt = Number.NEGATIVE_INFINITY;
let bootedBefore = 0;

/** Cheap: it is asked for each delivery. What the machine slept is noticed within half a second. */
export function readClocks(): Moment {
  const running = performance.now();
  if (running - measuredAt > MEASURED_FOR_MS) {
    measuredAt = running;
    bootedBefore = uptime() * 1_000 - running;
  }
  return { at: Date.now(), up: bootedBefore + running, boot: BOOT };
}

/** Whether `a` was before `b`. A moment of another boot was before every one of this boot, whatever the wall clock says. */
export function isBefore(a: Moment, b: Moment): boolean {
  if (a.boot === b.boot) return a.up < b.up;
  if (a.boot === BOOT || b.boot === BOOT) return b.boot === BOOT;
  return a.at < b.at;
}

/** The earlier of two. */
export function earlier(a: Moment, b: Moment | undefined): Moment {
  return b !== undefined && isBefore(b, a) ? b : a;
}

/** A time in which deliveries were lost, begun and perhaps going on. */
export interface Span {
  readonly first: Moment;
  /** The earliest and the latest that the wall clock showed in it. */
  readonly low: number;
  readonly high: number;
}

export function spanFrom(first: Moment): Span {
  return { first, low: first.at, high: first.at };
}

export function widened(span: Span, other: Span): Span {
  return {
    first: earlier(span.first, other.first),
    low: Math.min(span.low, other.low),
    high: Math.max(span.high, other.high),
  };
}

/** What a portal was sending the moment before belongs to it: the sender's clock began before ours. */
const SENDING_MS = 1_000;

/**
 * From when until when, in milliseconds of the wall clock and in order whatever was done to it: if it was set meanwhile, both what it showed
 * and what it should have shown are covered.
 */
export function timesOf({ first, low, high }: Span, now: Moment): { readonly since: number; readonly until: number } {
  const elapsed = first.boot === now.boot && now.boot !== "" ? Math.max(0, now.up - first.up) : 0;
  return {
    since: Math.min(low, now.at - elapsed) - SENDING_MS,
    until: Math.max(high, now.at, first.at + elapsed),
  };
}
