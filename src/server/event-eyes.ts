import { UpstreamError } from "../datasources/bitrix24/errors.ts";
import type { PortalRef } from "../datasources/bitrix24/portal-ref.ts";
import type { Id } from "../datasources/domain/ids.ts";
import type { SessionHistory } from "../datasources/domain/session.ts";
import { type EventEyes, forEverybody, nameAndPicture, type SharedReads } from "../resolvers/engine/event-eyes.ts";
import type { Answer, FreshAnswers } from "../subscriptions/live/fresh-answers.ts";
import type { EventInHand } from "../subscriptions/live/live-request.ts";
import { NoApplication, type OfPortal, type PortalAnswers } from "../subscriptions/live/portal-answers.ts";

export interface EventEyesOptions {
  readonly portal: PortalRef;
  readonly answers: PortalAnswers;
  /** An application is installed, which reads for everybody. */
  readonly isShared: boolean;
  /** Nothing that was asked for before it answers. */
  readonly inHand: EventInHand;
}

export interface ListEyesOptions extends Pick<EventEyesOptions, "portal" | "answers" | "isShared"> {
  /** The lines of the rows. */
  readonly lineIds: ReadonlySet<Id>;
}

/** What the execution of a list's rows may read for everybody: names and pictures of people, and names of the rows' lines. */
export function listEyes({ portal, answers, isShared, lineIds }: ListEyesOptions): EventEyes {
  /** What the application cannot tell now is read with the viewer's own credential. */
  async function ask<T>(of: FreshAnswers<OfPortal, T | null>, id: Id): Promise<T | null> {
    try {
      const now = performance.now();
      return (await of.ask({ portal, id }, now - NAME_TRUST_MS, now)).value;
    } catch (error) {
      if (error instanceof NoApplication || error instanceof UpstreamError) return null;
      throw error;
    }
  }

  const shared: SharedReads = {
    chat: () => Promise.resolve(null),
    async person(id) {
      const user = await ask(answers.users, id);
      return user === null ? null : nameAndPicture(user);
    },
    lineName: async (id) => (lineIds.has(id) ? ((await ask(answers.lines, id))?.name ?? null) : null),
    newestSession: () => Promise.resolve(null),
  };
  return { chatId: () => null, shared: isShared ? shared : undefined };
}

/** Names and pictures change rarely. */
const NAME_TRUST_MS = 10 * 60_000;

/** What one event's execution may read for everybody. */
export function eventEyes({ portal, answers, isShared, inHand }: EventEyesOptions): EventEyes {
  const { event, seenAt } = inHand;
  let history: Promise<SessionHistory | null> | undefined;

  async function ask<T>(of: FreshAnswers<OfPortal, T | null>, id: Id, since = seenAt): Promise<T | null> {
    let answer: Answer<T | null>;
    try {
      answer = await of.ask({ portal, id }, since);
    } catch (error) {
      if (error instanceof NoApplication) return null;
      throw error;
    }
    return answer.value;
  }

  async function newest(): Promise<SessionHistory | null> {
    const chatId = await inHand.chat();
    return chatId === null ? null : ask(answers.histories, chatId);
  }

  /** The line of the event, or of its chat as far as that has been read. */
  async function isLineOfEvent(id: Id): Promise<boolean> {
    if (event.address.lineId === id) return true;
    const chatId = await inHand.chat();
    const record = chatId === null ? null : (answers.chats.kept({ portal, id: chatId })?.value ?? null);
    return record?.session?.lineId === id || record?.userCode?.lineId === id;
  }

  const shared: SharedReads = {
    async chat() {
      const chatId = await inHand.chat();
      const record = chatId === null ? null : await ask(answers.chats, chatId);
      return record === null ? null : forEverybody(record);
    },
    async person(id) {
      // Who wrote in a session that was downloaded anyway needs no question of his own.
      const known = (await history?.catch(() => null))?.users.get(id);
      const user = known?.name === undefined ? await ask(answers.users, id, performance.now() - NAME_TRUST_MS) : known;
      return user === null ? null : nameAndPicture(user);
    },
    async lineName(id) {
      return (await isLineOfEvent(id))
        ? ((await ask(answers.lines, id, performance.now() - NAME_TRUST_MS))?.name ?? null)
        : null;
    },
    async newestSession() {
      history ??= newest();
      const found = await history;
      return found === null ? null : { sessionId: found.sessionId, messages: found.messages };
    },
  };
  return { chatId: () => inHand.chat(), shared: isShared ? shared : undefined };
}
