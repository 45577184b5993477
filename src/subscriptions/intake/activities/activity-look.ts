import type { PortalSession } from "../../../datasources/bitrix24/calls.ts";
import { PortalRefusal } from "../../../datasources/bitrix24/errors.ts";
import {
  ACTIVITY_PAGE_SIZE,
  type SessionActivityRecord,
  sessionActivityList,
} from "../../../datasources/crm/activities.ts";
import type { ChatRecord } from "../../../datasources/domain/chat.ts";
import type { Id } from "../../../datasources/domain/ids.ts";
import { dialogGet } from "../../../datasources/imopenlines/dialog.ts";
import { refusalClass } from "../../../refusals/refusal-table.ts";
import type { KnownSession } from "./known-session.ts";

/** An activity that is of a session. */
export interface FoundActivity {
  readonly record: SessionActivityRecord;
  /** As it was looked at last. */
  readonly before: KnownSession | undefined;
  /** Null where the portal shows no chat for its user code. */
  readonly chatId: Id | null;
}

export interface ActivityLookServices {
  readonly session: PortalSession;
  readonly before: (activityId: Id) => Promise<KnownSession | undefined>;
  /** Told of the chat of each session whose chat was not known. */
  readonly onChat: (chat: ChatRecord, askedAt: number) => void;
}

/**
 * Looks activities up (`crm.activity.list`, 50 at a time, all in one request) and finds the chats of those that are of sessions. Those of other
 * providers, and those that the credential may not read, are missing in the answer. Rejects with the errors of `errors.ts`.
 */
export async function lookAtActivities(
  activityIds: readonly Id[],
  services: ActivityLookServices,
): Promise<ReadonlyMap<Id, FoundActivity>> {
  const pages: Promise<readonly SessionActivityRecord[]>[] = [];
  for (let from = 0; from < activityIds.length; from += ACTIVITY_PAGE_SIZE) {
    const filter = { activityIds: activityIds.slice(from, from + ACTIVITY_PAGE_SIZE) };
    const page = services.session.read(sessionActivityList({ filter, direction: "ASC" }), { fresh: true });
    pages.push(page.then(({ activities }) => activities));
  }
  const records = (await Promise.all(pages)).flat();
  const found = await Promise.all(
    records.map(async (record): Promise<FoundActivity> => {
      const before = await services.before(record.activityId);
      return { record, before, chatId: before?.chatId ?? (await chatOf(record, services)) };
    }),
  );
  return new Map(found.map((each) => [each.record.activityId, each]));
}

async function chatOf({ session }: SessionActivityRecord, services: ActivityLookServices): Promise<Id | null> {
  const userCode = session.userCode ?? null;
  if (userCode === null) return null;
  const askedAt = performance.now();
  try {
    const chat = await services.session.read(dialogGet({ userCode }), { fresh: true });
    services.onChat(chat, askedAt);
    return chat.id;
  } catch (error) {
    if (error instanceof PortalRefusal && refusalClass(error) === "business") return null;
    throw error;
  }
}
