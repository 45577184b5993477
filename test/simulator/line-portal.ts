import {
  configAdd,
  configGet,
  configListGet,
  createLineStore,
  type LineContext,
} from "../../simulator/lines/line-config.ts";
import { isPhpMap, type PhpMap } from "../../simulator/php-value.ts";
import { RestError } from "../../simulator/rest-error.ts";

/** The employees who may work; 27 is the one online, and department 10 is 103 and 301. */
export const ACTIVE = [1, 27, 103, 205, 301];
const ONLINE = [27];

/** A portal without lines, whose first line gets the id 15 and whose acting user 27 may do everything. */
export function portal(changes: Partial<LineContext> = {}): LineContext {
  return {
    store: createLineStore(15),
    users: {
      isActive: (id) => ACTIVE.includes(id),
      isOnline: (id) => ONLINE.includes(id),
      usersOfDepartment: (id) => (id === 10 ? [103, 301] : []),
    },
    rights: { userId: 27, allowedUsers: () => "any" },
    cache: new Map(),
    ...changes,
  };
}

export function add(context: LineContext, fields: PhpMap = {}): number {
  const id = configAdd(context, { PARAMS: fields });
  if (id === false) throw new Error("The line was not added");
  return id;
}

/** The line as a new HTTP request reads it. */
export function read(context: LineContext, id: number, params: PhpMap = {}): PhpMap {
  const line = configGet({ ...context, cache: new Map() }, { CONFIG_ID: id, ...params });
  if (!isPhpMap(line)) throw new Error("No such line");
  return line;
}

export function listed(context: LineContext, params: PhpMap, options: PhpMap = {}): PhpMap[] {
  return configListGet(context, { PARAMS: params, OPTIONS: options }).filter(isPhpMap);
}

export function stored(fields: PhpMap): PhpMap {
  const context = portal();
  return read(context, add(context, fields));
}

export function refusal(action: () => unknown): { code: string; status: number; description: string } {
  try {
    action();
  } catch (error) {
    if (error instanceof RestError) return { code: error.code, status: error.status, description: error.description };
    throw error;
  }
  throw new Error("Nothing was refused");
}
