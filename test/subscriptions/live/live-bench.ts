import { onTestFinished } from "vitest";
import type { StorageLimits } from "../../../src/storage/storage.ts";
import type { EventCriteria } from "../../../src/subscriptions/events/event-filter.ts";
import type { EventStorage } from "../../../src/subscriptions/events/event-storage.ts";
import { createLiveEvents, type LiveEvents } from "../../../src/subscriptions/live/live-events.ts";
import { type LiveDelivery, LiveRequest } from "../../../src/subscriptions/live/live-request.ts";
import { LiveResult } from "../../../src/subscriptions/live/live-result.ts";
import type { LiveStream } from "../../../src/subscriptions/live/live-stream.ts";
import type { ChatResolution, EventAccess, LiveViewer } from "../../../src/subscriptions/live/live-viewer.ts";
import type { Adapter } from "../../storage/adapters.ts";
import { CHAT_EVENT_KINDS, messageEvent, textOf } from "../../storage/sample-events.ts";

export interface LiveBench {
  readonly live: LiveEvents;
  readonly storage: EventStorage;
  /** Executions so far, over all subscriptions. */
  executions(): number;
  append(...texts: string[]): Promise<void>;
  open(options?: OpenOptions): Promise<PulledStream>;
  openStream(options?: OpenOptions): Promise<LiveStream>;
  /** Another storage on the same place, as another process would have it; for LMDB the same one. */
  openBeside(): Promise<EventStorage>;
}

export interface OpenOptions {
  readonly portal?: string;
  readonly after?: string;
  readonly viewer?: Partial<LiveViewer>;
  readonly criteria?: Partial<EventCriteria>;
  readonly gaps?: "event" | "error";
  readonly checkpoints?: boolean;
  readonly sharingKey?: string;
}

const seeAll: EventAccess = { maySee: () => true };
const resolveNone: ChatResolution = { resolve: () => null };

export interface BenchParts {
  readonly access?: EventAccess;
  readonly chats?: ChatResolution;
  readonly limits?: Partial<StorageLimits>;
  readonly beforeExecution?: (kind: LiveDelivery["content"]["kind"]) => void;
}

/** The live engine over a real log; "executing" an event tells its text and cursor. */
export async function startLiveBench({ makePlace }: Adapter, parts: BenchParts = {}): Promise<LiveBench> {
  const place = await makePlace();
  const storage = await place.open(parts.limits);
  const beside: EventStorage[] = [];
  const errors: unknown[] = [];
  const live = createLiveEvents({
    log: storage.log,
    access: parts.access ?? seeAll,
    chats: parts.chats ?? resolveNone,
    onError: (error) => errors.push(error),
  });
  let executions = 0;
  onTestFinished(async () => {
    live.close();
    for (const each of beside) await each.close();
    await storage.close();
    await place.remove();
    if (errors.length > 0) throw new AggregateError(errors, "the live engine reported errors");
  });
  const openStream = (options: OpenOptions = {}): Promise<LiveStream> =>
    live.open({
      viewer: {
        portal: { host: "portal.example", memberId: options.portal ?? "portal-1" },
        credentialKey: "anna",
        rightsKey: "anna",
        scope: "all",
        grantedLines: new Set(),
        ...options.viewer,
      },
      request: new LiveRequest(
        {
          kinds: CHAT_EVENT_KINDS,
          lineIds: undefined,
          chatIds: undefined,
          connectorIds: undefined,
          directions: undefined,
          ...options.criteria,
        },
        { after: options.after, checkpoints: options.checkpoints ?? false, gaps: options.gaps ?? "event" },
      ),
      sharingKey: options.sharingKey ?? "document",
      responseKey: "openLineEvents",
      failed: (error) => new LiveResult({ data: { failed: String(error) } }),
      async execute({ cursor, content }, _position, inHand) {
        executions += 1;
        parts.beforeExecution?.(content.kind);
        await Promise.resolve();
        const text = content.kind === "event" ? textOf(content.event) : content.kind;
        return new LiveResult({
          data: { text, cursor, chatId: (await inHand?.chat()) ?? null },
        });
      },
    });
  return {
    live,
    storage,
    executions: () => executions,
    async append(...texts) {
      for (const text of texts) await storage.log.append("portal-1", [messageEvent(text)]);
    },
    open: async (options) => pulled(await openStream(options)),
    openStream,
    async openBeside() {
      const another = await place.openBeside(storage);
      if (another !== storage) beside.push(another);
      return another;
    },
  };
}

/** A stream whose results are taken one by one: nothing is handed over before it is asked for. */
export interface PulledStream {
  next(): Promise<IteratorResult<LiveResult, void>>;
  close(): void;
}

function pulled(stream: LiveStream): PulledStream {
  const end = { done: true, value: undefined } as const;
  let asked: ((step: IteratorResult<LiveResult, void>) => void) | undefined;
  let goOn = (): void => {};
  let ended: Promise<void> | undefined;
  const sink = (result: LiveResult): Promise<void> => {
    const asker = asked;
    asked = undefined;
    asker?.({ done: false, value: result });
    return new Promise((resolve) => {
      goOn = resolve;
    });
  };
  return {
    next() {
      const step = new Promise<IteratorResult<LiveResult, void>>((resolve) => {
        asked = resolve;
      });
      if (ended === undefined) ended = stream.run(sink);
      else goOn();
      return Promise.race([step, ended.then(() => end)]);
    },
    close: () => stream.close(),
  };
}

/** The next results of a stream, as their data. */
export async function take(stream: PulledStream, count: number): Promise<Record<string, unknown>[]> {
  const taken: Record<string, unknown>[] = [];
  while (taken.length < count) {
    const step = await stream.next();
    if (step.done === true) break;
    taken.push(step.value.result.data ?? {});
  }
  return taken;
}

export async function texts(stream: PulledStream, count: number): Promise<unknown[]> {
  return (await take(stream, count)).map((data) => data.text);
}
