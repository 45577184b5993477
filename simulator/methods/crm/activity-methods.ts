import { isPhpMap, type PhpMap, phpText, phpValues } from "../../php-value.ts";
import { RestError } from "../../rest-error.ts";
import type { Activity } from "../../world/activities.ts";
import { mayReadCrm } from "../dialog-access.ts";
import { type Call, type Method, PagedResult, read } from "../method.ts";
import { intParam, isPresent } from "../param-reading.ts";
import { activityRow } from "./activity-fields.ts";
import { filtered, isById, sorted } from "./activity-filter.ts";

const pageSize = 50;

/** Administrators read all; others what is theirs, or belongs to an item of the CRM that they may read. */
function mayRead({ world, userId }: Call, activity: Activity): boolean {
  if (world.users.get(userId)?.admin || activity.responsibleId === userId) return true;
  const entity = world.crm.get(world.crmKey(activity.owner.type, activity.owner.id));
  return entity !== undefined && mayReadCrm(world, userId, entity);
}

/** A map parameter in either spelling; PHP knows no difference between an empty list and an empty map. */
function mapParam({ params }: Call, name: string): PhpMap {
  const value = params[name] ?? params[name.toUpperCase()];
  if (value === undefined || value === null) return {};
  if (isPhpMap(value)) return value;
  if (Array.isArray(value) && value.length === 0) return {};
  throw new RestError("", `Parameter '${name}' must be array.`);
}

function selectParam({ params }: Call): string[] {
  const value = params.select ?? params.SELECT;
  if (value === undefined || value === null) return [];
  const values = phpValues(value);
  if (!values) throw new RestError("", "Parameter 'select' must be array.");
  return values.map(phpText);
}

const activityList = read("crm.activity.list", "crm", (call) => {
  const { world, params } = call;
  const [order, filter, select] = [mapParam(call, "order"), mapParam(call, "filter"), selectParam(call)];
  const start = intParam(params, isPresent(params, "start") ? "start" : "START");
  const from = Math.max(0, start);
  const byId = isById(order);
  const enough = byId && start < 0 ? pageSize : Number.POSITIVE_INFINITY;
  const found: Activity[] = [];
  for (const activity of filtered(world.activities.values(), filter)) {
    if (mayRead(call, activity)) found.push(activity);
    if (found.length >= enough) break;
  }
  const rows = (byId ? found : sorted(found, order))
    .slice(from, from + pageSize)
    .map((activity) => activityRow(world, activity, select));
  // Without counting the portal neither knows how many there are nor whether more follow.
  if (start < 0) return new PagedResult(rows, undefined);
  const next = from + pageSize < found.length ? from + pageSize : undefined;
  return new PagedResult(rows, found.length, next);
});

const activityGet = read("crm.activity.get", "crm", (call) => {
  const { world, params } = call;
  const id = intParam(params, isPresent(params, "id") ? "id" : "ID");
  if (id <= 0) throw new RestError("", "ID is not defined or invalid.");
  const activity = world.activities.get(id);
  if (!activity) throw new RestError("", "");
  if (!mayRead(call, activity)) throw new RestError("", "Access denied.");
  return activityRow(world, activity, []);
});

export const activityMethods: readonly Method[] = [activityList, activityGet];
