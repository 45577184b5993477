import type { Id } from "../../datasources/domain/ids.ts";
import type {
  LineBot,
  LineKpiTarget,
  LineQueue,
  LineReply,
  QueueEntryRecord,
  QueueMemberRecord,
} from "../../datasources/domain/line.ts";
import { configListGet } from "../../datasources/imopenlines/config/config-reads.ts";
import { OpenLineBot, OpenLineReply } from "../../schema/open-line-automation.ts";
import { OpenLineQueue, QueueEntry, QueueMember } from "../../schema/open-line-queue.ts";
import { KpiTarget } from "../../schema/open-line-service.ts";
import { User, userRef } from "../../schema/user.ts";
import type { OperationContext } from "../engine/context.ts";
import { defineFields } from "../engine/field-table.ts";

/** The two sources of a line tell different parts of its queue; what the record at hand does not tell is read from the other one. */
export const OpenLineQueueFields = defineFields<OpenLineQueue, LineQueue>(OpenLineQueue, {
  isOnline: (queue, context) =>
    queue.isOnline === undefined ? fromConfigGet(queue, context, ({ isOnline }) => isOnline) : queue.isOnline,
  members: (queue, context) => {
    if (queue.members !== undefined) return queue.members.map(queueMember);
    return fromConfigGet(queue, context, ({ members }) => members?.map(queueMember));
  },
  configured: (queue, context) => {
    if (queue.configured !== undefined) return queue.configured.map(queueEntry);
    return fromConfigList(queue, context, ({ configured }) => configured?.map(queueEntry));
  },
  users: (queue, context) => {
    if (queue.userIds !== undefined) return queue.userIds.map(userOf);
    return fromConfigList(queue, context, ({ userIds }) => userIds?.map(userOf));
  },
});

async function fromConfigGet<T>(
  { lineId }: LineQueue,
  { loaders }: OperationContext,
  pick: (queue: LineQueue) => T | null | undefined,
): Promise<T | null> {
  const line = await loaders.line(lineId);
  return (line === null ? null : pick(line.queue)) ?? null;
}

/** Equal reads of one turn are one command, so both fields of one line cost one. */
async function fromConfigList<T>(
  { lineId }: LineQueue,
  { portal }: OperationContext,
  pick: (queue: LineQueue) => T | undefined,
): Promise<T | null> {
  const query = { ids: [lineId], orderBy: "ID", direction: "ASC", limit: 1, offset: 0 } as const;
  const [line] = await portal.read(configListGet(query));
  return (line === undefined ? undefined : pick(line.queue)) ?? null;
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

export const OpenLineBotFields = defineFields<OpenLineBot, LineBot>(OpenLineBot, {
  user: (bot) => userRef(bot.userId),
});

export const OpenLineReplyFields = defineFields<OpenLineReply, LineReply>(OpenLineReply, {
  bot: (reply) => userRef(reply.botId),
});

const USER_CODE = /^U?([1-9][0-9]*)$/;

export const KpiTargetFields = defineFields<KpiTarget, LineKpiTarget>(KpiTarget, {
  recipients: (target) =>
    target.recipientCodes.flatMap((code) => {
      const id = USER_CODE.exec(code)?.[1];
      return id === undefined ? [] : [userOf(id)];
    }),
});
