import DataLoader from "dataloader";
import type { PortalSession } from "../../datasources/bitrix24/calls.ts";
import { PortalRefusal } from "../../datasources/bitrix24/errors.ts";
import { type PortalRef, portalName } from "../../datasources/bitrix24/portal-ref.ts";
import type { ChatRecord } from "../../datasources/domain/chat.ts";
import type { Id } from "../../datasources/domain/ids.ts";
import type { LineRecord } from "../../datasources/domain/line.ts";
import type { SessionHistory } from "../../datasources/domain/session.ts";
import type { UserRecord } from "../../datasources/domain/user.ts";
import { userListGet } from "../../datasources/im/users.ts";
import { configGet } from "../../datasources/imopenlines/config/config-reads.ts";
import { dialogGet } from "../../datasources/imopenlines/dialog.ts";
import { sessionHistoryGet } from "../../datasources/imopenlines/history.ts";
import { noSessionAsNull } from "../../datasources/imopenlines/linked-reads.ts";
import { guard } from "../../process/guard.ts";
import { refusalClass } from "../../refusals/refusal-table.ts";
import { EVENT_PATIENCE_MS } from "./event-withheld.ts";
import { createFreshAnswers, type FreshAnswers, type FreshAnswersOptions } from "./fresh-answers.ts";
import type { Gathering } from "./gathering.ts";
import { readPatiently } from "./patient-read.ts";

/** Something of a portal by its id. */
export interface OfPortal {
  readonly portal: PortalRef;
  readonly id: Id;
}

/**
 * What events make the gateway ask of a portal with the application's credential, once for all viewers: gathered, so that what is asked at about
 * the same time leaves in one request. Questions reject with the errors of `errors.ts`.
 */
export interface PortalAnswers {
  /** A chat's record; null where the portal shows none. */
  readonly chats: FreshAnswers<OfPortal, ChatRecord | null>;
  /** The newest session of a chat with its messages; null where there is none. */
  readonly histories: FreshAnswers<OfPortal, SessionHistory | null>;
  readonly users: FreshAnswers<OfPortal, UserRecord | null>;
  readonly lines: FreshAnswers<OfPortal, LineRecord | null>;
}

export interface PortalAnswersOptions {
  /** The application's credential in the portal, bound to a fresh deadline; undefined where there is none. */
  readonly sessionOf: (portal: PortalRef) => Promise<PortalSession | undefined>;
  readonly gathering: Gathering;
  /** Names, which hold for long, wait for each other a shorter time. */
  readonly names: Gathering;
  /** Told of each chat's record that was read. */
  readonly onChat?: ((portal: PortalRef, chat: ChatRecord, askedAt: number) => void) | undefined;
  /** Ends repetitions of questions that the portal was too busy for. */
  readonly signal: AbortSignal;
}

const MAX_CHATS = 20_000;
const MAX_USERS = 20_000;
const MAX_LINES = 1_000;
/** Histories are large: what is kept is bounded by its messages, and only for events that come close together. */
const MAX_MESSAGES = 20_000;
const HISTORY_KEPT_MS = 10_000;
/** What leaves together shares a session. */
const SESSION_SHARED_MS = 1_000;

interface Reading {
  readonly portal: PortalSession;
  readonly users: DataLoader<Id, UserRecord | null>;
}

/** No application answers for the portal: nothing can be told about its chats with any credential but the viewer's own. */
export class NoApplication extends Error {
  constructor() {
    super("No application answers for this portal.");
    this.name = "NoApplication";
  }
}

export function createPortalAnswers(options: PortalAnswersOptions): PortalAnswers {
  const { sessionOf, gathering, names, signal, onChat } = options;
  const readings = new Map<string, Promise<Reading>>();

  /** One for all that leaves in this moment. */
  function readingOf(portal: PortalRef): Promise<Reading> {
    const name = portalName(portal);
    const known = readings.get(name);
    if (known !== undefined) return known;
    const reading = openReading(portal);
    readings.set(name, reading);
    setTimeout(
      guard("a session that is no longer shared", () => readings.delete(name)),
      SESSION_SHARED_MS,
    ).unref();
    return reading;
  }

  async function openReading(portal: PortalRef): Promise<Reading> {
    const session = await sessionOf(portal);
    if (session === undefined) throw new NoApplication();
    const users = new DataLoader<Id, UserRecord | null>(async (ids) => {
      const found = new Map((await session.read(userListGet(ids), { fresh: true })).map((user) => [user.id, user]));
      return ids.map((id) => found.get(id) ?? null);
    });
    return { portal: session, users };
  }

  function answers<T>(
    read: (reading: Reading, id: Id, portal: PortalRef) => Promise<T>,
    more: Pick<FreshAnswersOptions<OfPortal, T>, "maxKept" | "keptMs" | "weigh"> & {
      readonly turn?: FreshAnswersOptions<OfPortal, T>["turn"];
    },
  ): FreshAnswers<OfPortal, T> {
    return createFreshAnswers<OfPortal, T>({
      nameOf: ({ portal, id }) => `${portalName(portal)}\n${id}`,
      turn: ({ portal }, cameAt) => gathering.next(portalName(portal), cameAt),
      ask: ({ portal, id }) =>
        readPatiently(async () => read(await readingOf(portal), id, portal), { patienceMs: EVENT_PATIENCE_MS, signal }),
      ...more,
    });
  }

  return {
    chats: answers(
      async ({ portal }, chatId, ref) => {
        const askedAt = performance.now();
        const chat = await nullIfRefused(portal.read(dialogGet({ chatId }), { fresh: true }));
        if (chat !== null) onChat?.(ref, chat, askedAt);
        return chat;
      },
      { maxKept: MAX_CHATS },
    ),
    histories: answers(
      ({ portal }, chatId) =>
        nullIfRefused(noSessionAsNull(portal.read(sessionHistoryGet({ chatId }), { fresh: true }))),
      { maxKept: MAX_MESSAGES, keptMs: HISTORY_KEPT_MS, weigh: (history) => history?.messages.length ?? 0 },
    ),
    users: answers(({ users }, id) => users.load(id), {
      maxKept: MAX_USERS,
      turn: ({ portal }, cameAt) => names.next(portalName(portal), cameAt),
    }),
    // Rarely asked, and by questions that have waited for a gathering already.
    lines: answers(({ portal }, id) => portal.read(configGet(id), { fresh: true }), {
      maxKept: MAX_LINES,
      turn: () => Promise.resolve(),
    }),
  };
}

/** A refusal about the object is an answer; what concerns the credential or the portal is not. */
async function nullIfRefused<T>(read: Promise<T>): Promise<T | null> {
  try {
    return await read;
  } catch (error) {
    if (error instanceof PortalRefusal && refusalClass(error) === "business") return null;
    throw error;
  }
}
