import { activeQueue, lineSettings } from "../../world/line-settings.ts";
import { type Session, SessionStatus, type User } from "../../world/records.ts";
import type { World } from "../../world/world.ts";
import { type Method, read } from "../method.ts";
import { isoDate } from "../wire-date.ts";
import { cut, flag, ids, page, word } from "./arguments.ts";
import { reportedLines, requireReports } from "./report-access.ts";

function statusOf(user: User): "online" | "offline" | "pause" {
  if (!user.online) return "offline";
  return user.paused ? "pause" : "online";
}

const isAtWork = ({ closed, status }: Session): boolean =>
  !closed && status >= SessionStatus.answered && status < SessionStatus.waitingForCustomer;

/** Sessions at work by `operator line`. */
function loads(world: World): Map<string, number> {
  const counted = new Map<string, number>();
  for (const session of world.sessions.values()) {
    if (!isAtWork(session)) continue;
    const key = `${session.operatorId} ${session.lineId}`;
    counted.set(key, (counted.get(key) ?? 0) + 1);
  }
  return counted;
}

/** A row for each operator and line. Lines without a limit have 0 free slots, and still pass for free. */
const operatorList = read("imopenlines.v2.Operator.list", "imopenlines", (call) => {
  requireReports(call);
  const { world, params } = call;
  const status = word(params, "status", ["online", "offline", "pause"]);
  const hasFreeSlots = flag(params, "hasFreeSlots");
  const wanted = page(params, status !== undefined || hasFreeSlots !== undefined);
  const [lineIds, userIds] = [ids(params, "configId"), ids(params, "userId")];
  const counted = loads(world);
  const all = [...reportedLines(call)]
    .filter((lineId) => lineIds?.has(lineId) ?? true)
    .flatMap((lineId) => {
      const maxChat = lineSettings(world, lineId)?.maxChat ?? 0;
      return activeQueue(world, lineId).flatMap((userId) => {
        const user = world.users.get(userId);
        if (!user || !(userIds?.has(userId) ?? true)) return [];
        const activeSessions = counted.get(`${userId} ${lineId}`) ?? 0;
        const freeSlots = Math.max(0, maxChat - activeSessions);
        const row = { userId, configId: lineId, status: statusOf(user), activeSessions, maxChat, freeSlots };
        const lastActivityDate = user.lastActivityAt === null ? null : isoDate(user.lastActivityAt);
        return [{ ...row, lastActivityDate }];
      });
    })
    .filter(
      (row) =>
        (status === undefined || row.status === status) &&
        (hasFreeSlots === undefined || (row.maxChat === 0 || row.freeSlots > 0) === hasFreeSlots),
    );
  const { rows, hasNextPage } = cut(all, wanted);
  return { operators: rows, hasNextPage };
});

export const operatorListMethods: readonly Method[] = [operatorList];
