import {
  configAdd,
  configDelete,
  configGet,
  configListGet,
  configUpdate,
  type LineContext,
} from "../../lines/line-config.ts";
import type { World } from "../../world/world.ts";
import { type Call, type Method, type PortalLanguage, read, write } from "../method.ts";

/** What the line methods need, for one acting user. */
export function lineContext(
  world: World,
  userId: number,
  language: PortalLanguage,
  cache: Map<string, unknown> = new Map(),
): LineContext {
  return {
    store: world.lines,
    users: {
      isActive: (id) => {
        const user = world.users.get(id);
        return user?.kind === "staff" && user.active;
      },
      isOnline: (id) => world.users.get(id)?.online ?? false,
      usersOfDepartment: (id) =>
        [...world.users.values()]
          .filter((user) => user.kind === "staff" && user.active && user.departments.includes(id))
          .map((user) => user.id),
    },
    rights: {
      userId,
      allowedUsers: (action) => {
        switch (action) {
          case "MODIFY":
            return world.rights.has(userId, "LINES") ? "any" : [];
          case "VIEW":
          case "PERFORM":
            return world.users.get(userId)?.admin ? "any" : [userId];
        }
      },
    },
    cache,
    language,
    now: () => new Date(world.now()),
  };
}

const contextOf = (call: Call): LineContext => lineContext(call.world, call.userId, call.portal.language, call.cache);

const scope = "imopenlines";

export const configMethods: readonly Method[] = [
  read("imopenlines.config.get", scope, (call) => configGet(contextOf(call), call.params)),
  read("imopenlines.config.list.get", scope, (call) => configListGet(contextOf(call), call.params)),
  write("imopenlines.config.add", scope, (call) => configAdd(contextOf(call), call.params)),
  write("imopenlines.config.update", scope, (call) => configUpdate(contextOf(call), call.params)),
  write("imopenlines.config.delete", scope, (call) => configDelete(contextOf(call), call.params)),
  read("imopenlines.config.path.get", scope, ({ portal }) => ({
    SERVER_ADDRESS: portal.url,
    PUBLIC_PATH: "/contact_center/",
  })),
];
