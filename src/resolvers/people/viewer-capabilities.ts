import { PortalRefusal } from "../../datasources/bitrix24/errors.ts";
import { sessionActivityList } from "../../datasources/crm/activities.ts";
import type { CapabilityName } from "../../datasources/domain/capability.ts";
import type { Id } from "../../datasources/domain/ids.ts";
import { statGet } from "../../datasources/imopenlines/statistics/line-statistics.ts";
import { sessionList } from "../../datasources/imopenlines/statistics/session-list.ts";
import { sessionRatingList } from "../../datasources/imopenlines/statistics/session-ratings.ts";
import { sessionStatGet } from "../../datasources/imopenlines/statistics/session-statistics.ts";
import { sessionTransferList } from "../../datasources/imopenlines/statistics/session-transfers.ts";
import { missingReasonOf } from "../../refusals/missing-reason.ts";
import { queryErrorOf } from "../../refusals/query-error.ts";
import { Capabilities, type Capability } from "../../schema/capabilities.ts";
import { missingCapability, useCapability } from "../engine/capability.ts";
import type { OperationContext } from "../engine/context.ts";
import { defineFields } from "../engine/field-table.ts";

/** Whether the portal has something, asked for once and then known for a while. */
export const capabilityFields = defineFields<Capabilities>(Capabilities, {
  sessionList: (_, context) => check(context, "sessionList", async () => (await newestSessions(context)).length > 0),
  sessionStatistics: (_, context) =>
    check(context, "sessionStatistics", async () => {
      const ids = await someSessions(context);
      return (await context.portal.read(sessionStatGet(ids))).length > 0;
    }),
  sessionTransfers: (_, context) =>
    check(context, "sessionTransfers", async () => {
      const ids = await someSessions(context);
      return (await context.portal.read(sessionTransferList(ids))).length > 0;
    }),
  sessionRatings: (_, context) =>
    check(context, "sessionRatings", async () => {
      const { ratings } = await context.portal.read(sessionRatingList({ period: lastYear(), offset: 0, limit: 1 }));
      return ratings.items.length > 0;
    }),
  operatorLoad: (_, context) =>
    check(context, "operatorLoad", async () => {
      const { rows } = await context.loaders.memory.operatorLoads.look(context.portal);
      return rows.length > 0;
    }),
  lineStatistics: (_, context) =>
    check(context, "lineStatistics", async () => {
      const { sessionCount } = await context.portal.read(statGet({ period: lastYear() }));
      return (sessionCount ?? 0) > 0;
    }),
  activityEvents: (_, context) =>
    check(context, "activityEvents", async () => {
      const { activities } = await context.portal.read(sessionActivityList({ filter: {}, direction: "DESC" }));
      return activities.length > 0;
    }),
});

/** `ask`: whether the portal answered with something. */
async function check(
  context: OperationContext,
  name: CapabilityName,
  ask: () => Promise<boolean>,
): Promise<Capability> {
  const { capabilities } = context.loaders.memory;
  await capabilities.recalled();
  const known = capabilities.get(name);
  if (known?.status === "available") return available(known.checkedAt);
  try {
    const isThere = await useCapability(context, name, ask, (proof) => proof);
    return isThere ? available(new Date()) : unknown();
  } catch (error) {
    const refusal = missingCapability(error);
    if (refusal === undefined) throw error;
    return {
      status: "MISSING",
      reason: missingReasonOf(refusal) ?? null,
      message: queryErrorOf(refusal).message,
      checkedAt: capabilities.get(name)?.checkedAt ?? new Date(),
    };
  }
}

function available(checkedAt: Date): Capability {
  return { status: "AVAILABLE", reason: null, message: null, checkedAt };
}

function unknown(): Capability {
  return {
    status: "UNKNOWN",
    reason: null,
    message:
      "The portal answered with nothing: there may be nothing yet, or the credential's user may not see it (an administrator grants it in the permissions of Open Channels).",
    checkedAt: new Date(),
  };
}

/** As many as one call tells transfers of. */
const SAMPLE = 50;

async function newestSessions({ portal }: OperationContext): Promise<readonly Id[]> {
  const query = { filter: {}, order: "CREATED", direction: "DESC", offset: 0, limit: SAMPLE } as const;
  return (await portal.read(sessionList(query))).sessions.items.map(({ id }) => id);
}

/** Sessions to ask about; where none are known, one that every portal has had. */
async function someSessions(context: OperationContext): Promise<readonly Id[]> {
  const newest = await newestSessions(context).catch((error: unknown) => {
    if (error instanceof PortalRefusal) return [];
    throw error;
  });
  return newest.length > 0 ? newest : ["1"];
}

function lastYear(): { readonly from: Date; readonly to: Date } {
  // The same for all reads of a day, so that equal ones are shared.
  const to = new Date();
  to.setUTCHours(24, 0, 0, 0);
  return { from: new Date(to.getTime() - 365 * 24 * 60 * 60 * 1000), to };
}
