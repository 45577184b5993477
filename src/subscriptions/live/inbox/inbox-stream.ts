import { isEnding } from "../ending-refusals.ts";
import type { LiveResult } from "../live-result.ts";
import type { LiveSink, LiveStream } from "../live-stream.ts";
import type { InboxDelivery, InboxRequest } from "./inbox-request.ts";
import { differenceOf, type InboxWindow, windowOn } from "./inbox-window.ts";
import type { LiveList } from "./live-list.ts";

/** A window on somebody's list. Holds what was handed over last and nothing else: a slow client is told less often, not later. */
export interface InboxStream extends LiveStream {
  /** The list is another one, or a row of it. */
  moved(): void;
  /** The list could not be read. */
  failed(error: unknown): void;
}

export interface InboxStreamOptions {
  readonly request: InboxRequest;
  readonly list: LiveList;
  /** Runs the subscription's selection. Rejects when it cannot be begun. */
  readonly execute: (delivery: InboxDelivery) => Promise<LiveResult>;
  readonly failed: (error: unknown) => LiveResult;
  readonly closed: () => void;
}

export function openInboxStream({ request, list, execute, failed, closed }: InboxStreamOptions): InboxStream {
  let sink: LiveSink | undefined;
  let shown: InboxWindow | undefined;
  let isHanding = false;
  /** Something was told since the last look at the list. */
  let isBehind = false;
  let hasEnded = false;
  /** An error that was not handed over yet. */
  let problem: { readonly error: unknown; readonly isLast: boolean } | undefined;
  let settle: { resolve(): void; reject(error: unknown): void } | undefined;

  function end(): void {
    if (hasEnded) return;
    hasEnded = true;
    closed();
    settle?.resolve();
  }

  /** The client cannot be written to. */
  function abandon(error: unknown): void {
    settle?.reject(error);
    end();
  }

  /** The next result; undefined when the client has all there is. */
  async function nextResult(): Promise<LiveResult | undefined> {
    const read = list.read();
    if (read === undefined) return undefined;
    const next = windowOn(list.rows(), request.wish, read.hasMore);
    const difference = differenceOf(shown, next);
    if (difference === undefined) return undefined;
    shown = next;
    isBehind = true;
    try {
      return await execute({ ...difference, request, users: read.users });
    } catch (error) {
      // What the client does not get now it is told as a whole when the list moves again.
      shown = undefined;
      isBehind = false;
      return failed(error);
    }
  }

  function nextProblem(): LiveResult | undefined {
    if (problem === undefined) return undefined;
    const { error } = problem;
    problem = undefined;
    isBehind = true;
    return failed(error);
  }

  /** Hands over what there is, one result after the other, at the client's pace. */
  async function handOver(to: LiveSink): Promise<void> {
    isHanding = true;
    while (isBehind && !hasEnded) {
      isBehind = false;
      const isLast = problem?.isLast === true;
      const result = nextProblem() ?? (await nextResult());
      if (result !== undefined && !hasEnded) await to(result);
      if (isLast) end();
    }
    isHanding = false;
  }

  function go(): void {
    isBehind = true;
    if (!isHanding && sink !== undefined) handOver(sink).catch(abandon);
  }

  return {
    run(to) {
      return new Promise((resolve, reject) => {
        settle = { resolve, reject };
        sink = to;
        if (hasEnded) resolve();
        else go();
      });
    },
    close: end,
    // A list is not resumed: it begins anew with all of it.
    place: () => "",
    logIsGone: () => {},
    moved: go,
    failed(error) {
      const isLast = isEnding(error);
      // While there is a list, it is looked at again by itself.
      if (!isLast && shown !== undefined) return;
      problem = { error, isLast };
      go();
    },
  };
}
