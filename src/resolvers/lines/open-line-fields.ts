import type { Id } from "../../datasources/domain/ids.ts";
import type {
  LineBot,
  LineKpiTarget,
  LineQueue,
  LineReply,
  ListedLine,
  QueueEntryRecord,
  QueueMemberRecord,
} from "../../datasources/domain/line.ts";
import { OpenLine } from "../../schema/open-line.ts";
import { OpenLineBot, OpenLineReply } from "../../schema/open-line-automation.ts";
import { OpenLineQueue, QueueEntry, QueueMember } from "../../schema/open-line-queue.ts";
import { DefaultOperatorIdentity, KpiTarget } from "../../schema/open-line-service.ts";
import { User, userRef } from "../../schema/user.ts";
import type { OperationContext } from "../engine/context.ts";
import { defineFields } from "../engine/field-table.ts";
import { toldFields } from "../engine/told-fields.ts";

/** What a line's record answers: from the reference, else from what the operation has read, else read once (`config.get`). */
const { told, derived, from } = toldFields<OpenLine, ListedLine>({
  atHand: [(line) => line.record, (line, { loaders }) => loaders.lines.known(line.id)],
  isWhole: ({ source }) => source !== "parts",
  read: (line, { loaders }) => loaders.lines.load(line.id),
});

/** Fields of a line; `id` alone never asks the portal. */
export const openLineFields = defineFields<OpenLine>(OpenLine, {
  name: lineName,
  ...told(["isActive", "isTemporary", "languageCode", "externalId", "quickReplyStoreId", "showsTyping"]),
  ...told(["queue", "crm", "welcome", "bot", "workTime", "noAnswer", "closing", "customerRating", "kpi"]),
  ...told(["forms", "limits", "agreement", "category", "operatorIdentity"]),
  modifiedBy: derived(["modifiedById"], ({ modifiedById }) => userRef(modifiedById)),
});

/** Of a live event's line the name alone is read for everybody. */
function lineName(line: OpenLine, context: OperationContext): string | null | Promise<string | null> {
  const own = (): string | null | Promise<string | null> => from(line, context, ["name"], ({ name }) => name ?? null);
  const shared = context.event?.shared;
  if (shared === undefined) return own();
  return shared.lineName(line.id).then((name) => name ?? own());
}

/** The two sources of a line tell different parts of its queue; what the record at hand does not tell is read from the other one. */
export const openLineQueueFields = defineFields<OpenLineQueue, LineQueue>(OpenLineQueue, {
  isOnline: (queue, context) =>
    queue.isOnline === undefined ? fromConfigGet(queue, context, ({ isOnline }) => isOnline) : queue.isOnline,
  members: (queue, context) => {
    if (queue.members !== undefined) return queue.members?.map(queueMember) ?? null;
    return fromConfigGet(queue, context, ({ members }) => members?.map(queueMember));
  },
  configured: (queue, context) => {
    if (queue.configured !== undefined) return queue.configured?.map(queueEntry) ?? null;
    return fromConfigList(queue, context, ({ configured }) => configured?.map(queueEntry));
  },
  users: (queue, context) => {
    if (queue.userIds !== undefined) return queue.userIds?.map(userOf) ?? null;
    return fromConfigList(queue, context, ({ userIds }) => userIds?.map(userOf));
  },
});

async function fromConfigGet<T>(
  { lineId }: LineQueue,
  { loaders }: OperationContext,
  pick: (queue: LineQueue) => T | null | undefined,
): Promise<T | null> {
  const line = await loaders.lines.load(lineId);
  return (line === null ? null : pick(line.queue)) ?? null;
}

async function fromConfigList<T>(
  { lineId }: LineQueue,
  { loaders }: OperationContext,
  pick: (queue: LineQueue) => T | undefined,
): Promise<T | null> {
  const line = await loaders.lines.listed(lineId);
  return (line === null ? undefined : pick(line.queue)) ?? null;
}

function queueMember(member: QueueMemberRecord): QueueMember {
  return { ...member, user: userOf(member.userId) };
}

function queueEntry(entry: QueueEntryRecord): QueueEntry {
  return { ...entry, user: entry.type === "USER" ? userOf(entry.entityId) : null };
}

function userOf(id: Id): User {
  return new User(id);
}

/** Pictures that customers see of operators. */
export const queueMemberFields = defineFields<QueueMember, QueueMemberRecord>(QueueMember, {
  displayAvatarUrl: ({ displayAvatarUrl }, { links }) => links.picture(displayAvatarUrl),
});

export const operatorIdentityFields = defineFields(DefaultOperatorIdentity, {
  avatarUrl: ({ avatarUrl }, { links }) => links.picture(avatarUrl),
});

export const openLineBotFields = defineFields<OpenLineBot, LineBot>(OpenLineBot, {
  user: (bot) => userRef(bot.userId),
});

export const openLineReplyFields = defineFields<OpenLineReply, LineReply>(OpenLineReply, {
  bot: (reply) => userRef(reply.botId),
});

const USER_CODE = /^U?([1-9][0-9]*)$/;

export const kpiTargetFields = defineFields<KpiTarget, LineKpiTarget>(KpiTarget, {
  recipients: (target) =>
    target.recipientCodes.flatMap((code) => {
      const id = USER_CODE.exec(code)?.[1];
      return id === undefined ? [] : [userOf(id)];
    }),
});
