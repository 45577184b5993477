import type { Params } from "../../protocol/php-form.ts";
import { RestError } from "../../rest-error.ts";
import type { CrmEntity } from "../../world/office-records.ts";
import type { World } from "../../world/world.ts";
import { mayReadCrm } from "../dialog-access.ts";
import { intParam, isEmptyParam, isNumeric, textParam } from "../param-reading.ts";

export interface CrmItem {
  type: string;
  id: number;
}

export function nullArgument(argument: string): RestError {
  return new RestError("ERROR_ARGUMENT", `Argument '${argument}' is null or empty`, 400, { argument });
}

export function typeArgument(argument: string): RestError {
  return new RestError("ERROR_ARGUMENT", `The value of an argument '${argument}' has an invalid type`, 400, {
    argument,
  });
}

export function accessDenied(text: string): RestError {
  return new RestError("ACCESS_DENIED", `Access denied! ${text}`, 403);
}

/** Throws unless the parameter is a positive number. */
export function positiveId(params: Params, key: string): number {
  if (isEmptyParam(params, key)) throw nullArgument(key);
  if (!isNumeric(params[key]) || intParam(params, key) <= 0) throw typeArgument(key);
  return intParam(params, key);
}

/** CRM_ENTITY_TYPE and CRM_ENTITY, or the ERROR_ARGUMENT that says which is missing or wrong. */
export function crmItem(params: Params): CrmItem {
  if (isEmptyParam(params, "CRM_ENTITY_TYPE")) throw nullArgument("CRM_ENTITY_TYPE");
  return { type: textParam(params, "CRM_ENTITY_TYPE"), id: positiveId(params, "CRM_ENTITY") };
}

/** The methods that answer CRM_CHAT_EMPTY_CRM_DATA for missing arguments. */
export function crmItemOrEmptyData(params: Params): CrmItem {
  if (isEmptyParam(params, "CRM_ENTITY_TYPE") || isEmptyParam(params, "CRM_ENTITY")) {
    throw new RestError("CRM_CHAT_EMPTY_CRM_DATA", "Empty CRM data");
  }
  return crmItem(params);
}

export function isCrmType(type: string): boolean {
  return ["LEAD", "DEAL", "CONTACT", "COMPANY"].includes(type.toUpperCase());
}

export function findEntity(world: World, item: CrmItem): CrmEntity | undefined {
  return world.crm.get(world.crmKey(item.type, item.id));
}

/** An item that does not exist refuses nobody; bots of an application read everything in the CRM. */
export function mayReadItem(world: World, userId: number, item: CrmItem): boolean {
  const entity = findEntity(world, item);
  return entity === undefined || world.users.get(userId)?.kind === "bot" || mayReadCrm(world, userId, entity);
}
