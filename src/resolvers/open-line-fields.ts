import { Ctx, FieldResolver, Resolver, Root } from "type-graphql";
import type { Id } from "../datasources/domain/ids.ts";
import type {
  LineBot,
  LineKpiTarget,
  LineQueue,
  LineRecord,
  LineReply,
  QueueEntryRecord,
  QueueMemberRecord,
} from "../datasources/domain/line.ts";
import { configListGet } from "../datasources/imopenlines/config/config-reads.ts";
import { OpenLineBot, OpenLineReply } from "../schema/open-line-automation.ts";
import { OpenLineQueue, QueueEntry, QueueMember } from "../schema/open-line-queue.ts";
import { KpiTarget } from "../schema/open-line-service.ts";
import { type User, userRef } from "../schema/user.ts";
import type { OperationContext } from "./context.ts";

/** The two sources of a line tell different parts of its queue; what the record at hand does not tell is read from the other one. */
@Resolver(() => OpenLineQueue)
export class OpenLineQueueFields {
  @FieldResolver()
  async isOnline(@Root() queue: LineQueue, @Ctx() context: OperationContext): Promise<boolean | null> {
    if (queue.isOnline !== undefined) return queue.isOnline;
    return (await context.loaders.line(queue.lineId))?.queue.isOnline ?? null;
  }

  @FieldResolver()
  async members(
    @Root() queue: LineQueue,
    @Ctx() context: OperationContext,
  ): Promise<readonly QueueMemberRecord[] | null> {
    if (queue.members !== undefined) return queue.members;
    return (await context.loaders.line(queue.lineId))?.queue.members ?? null;
  }

  @FieldResolver()
  async configured(
    @Root() queue: LineQueue,
    @Ctx() context: OperationContext,
  ): Promise<readonly QueueEntryRecord[] | null> {
    if (queue.configured !== undefined) return queue.configured;
    return (await listedLine(context, queue.lineId))?.queue.configured ?? null;
  }

  @FieldResolver()
  async users(@Root() queue: LineQueue, @Ctx() context: OperationContext): Promise<readonly (User | null)[] | null> {
    const ids = queue.userIds ?? (await listedLine(context, queue.lineId))?.queue.userIds;
    return ids?.map((id) => userRef(id)) ?? null;
  }
}

/** Equal reads of one turn are one command, so both fields of one line cost one. */
async function listedLine({ portal }: OperationContext, lineId: Id): Promise<LineRecord | undefined> {
  const query = { ids: [lineId], orderBy: "ID", direction: "ASC", limit: 1, offset: 0 } as const;
  return (await portal.read(configListGet(portal.origin, query)))[0];
}

@Resolver(() => QueueMember)
export class QueueMemberFields {
  @FieldResolver()
  user(@Root() member: QueueMemberRecord): User | null {
    return userRef(member.userId);
  }
}

@Resolver(() => QueueEntry)
export class QueueEntryFields {
  @FieldResolver()
  user(@Root() entry: QueueEntryRecord): User | null {
    return entry.type === "USER" ? userRef(entry.entityId) : null;
  }
}

@Resolver(() => OpenLineBot)
export class OpenLineBotFields {
  @FieldResolver()
  user(@Root() bot: LineBot): User | null {
    return userRef(bot.userId);
  }
}

@Resolver(() => OpenLineReply)
export class OpenLineReplyFields {
  @FieldResolver()
  bot(@Root() reply: LineReply): User | null {
    return userRef(reply.botId);
  }
}

const USER_CODE = /^U?([1-9][0-9]*)$/;

@Resolver(() => KpiTarget)
export class KpiTargetFields {
  @FieldResolver()
  recipients(@Root() target: LineKpiTarget): (User | null)[] {
    return target.recipientCodes
      .map((code) => USER_CODE.exec(code)?.[1])
      .filter((id) => id !== undefined)
      .map((id) => userRef(id));
  }
}
