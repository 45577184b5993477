import { RestError } from "../rest-error.ts";
import { activityMethods } from "./crm/activity-methods.ts";
import { diskMethods } from "./disk/disk-methods.ts";
import { chatMethods } from "./im/chat-methods.ts";
import { dialogMethods as imDialogMethods } from "./im/dialog-methods.ts";
import { diskFileMethods, v2FileMethods } from "./im/file-methods.ts";
import { messageMethods } from "./im/message-methods.ts";
import { recentMarkMethods } from "./im/recent-marks.ts";
import { recentMethods } from "./im/recent-methods.ts";
import { searchMethods } from "./im/search-methods.ts";
import { userMethods } from "./im/user-methods.ts";
import { v2EventMethods } from "./im/v2-event-methods.ts";
import { botMethods } from "./imopenlines/bot-methods.ts";
import { configMethods } from "./imopenlines/config-methods.ts";
import { crmMethods } from "./imopenlines/crm-methods.ts";
import { dialogMethods } from "./imopenlines/dialog-methods.ts";
import { historyMethods } from "./imopenlines/history-method.ts";
import { networkMethods } from "./imopenlines/network-methods.ts";
import { operatorMethods } from "./imopenlines/operator-methods.ts";
import { quickReplyListMethod } from "./imopenlines/quick-reply-method.ts";
import { sessionMethods } from "./imopenlines/session-methods.ts";
import { recentListMethod } from "./imopenlines/v2-recent-method.ts";
import type { Method, PortalAge } from "./method.ts";
import { eventMethods } from "./portal/event-methods.ts";
import { staffMethods } from "./portal/staff-methods.ts";
import { systemMethods } from "./portal/system-methods.ts";
import { lineStatisticsMethods } from "./statistics/line-statistics.ts";
import { operatorListMethods } from "./statistics/operator-list.ts";
import { sessionDetailMethods } from "./statistics/session-details.ts";
import { sessionListMethods } from "./statistics/session-list.ts";

/** Methods by the first year whose portals have them; all others were always there. */
function methodsSince(age: PortalAge): readonly Method[] {
  const since2025 = [...v2EventMethods, recentListMethod];
  const since2026 = [
    ...sessionListMethods,
    ...sessionDetailMethods,
    ...operatorListMethods,
    ...lineStatisticsMethods,
    quickReplyListMethod,
    ...v2FileMethods,
  ];
  switch (age) {
    case 2024:
      return [];
    case 2025:
      return since2025;
    case 2026:
      return [...since2025, ...since2026];
  }
}

/**
 * What a portal answers to a method it does not have. One of 2025 already has the controller of sessions for its own pages, so
 * it misses only the action.
 */
export function missingMethod(name: string, age: PortalAge): RestError {
  if (age === 2025 && name.toLowerCase() === "imopenlines.v2.session.list") {
    const text = "Could not find description of list in Bitrix\\ImOpenLines\\V2\\Controller\\Session";
    return new RestError("22002", text);
  }
  return new RestError("ERROR_METHOD_NOT_FOUND", "Method not found!", 404);
}

/** Every method the portal knows, by lower-case name; `batch` is not among them, it is part of the protocol. */
export function createRegistry(age: PortalAge): ReadonlyMap<string, Method> {
  const registry = new Map<string, Method>();
  const all = [
    ...methodsSince(age),
    ...configMethods,
    ...dialogMethods,
    ...historyMethods,
    ...operatorMethods,
    ...sessionMethods,
    ...crmMethods,
    ...activityMethods,
    ...botMethods,
    ...networkMethods,
    ...recentMethods,
    ...userMethods,
    ...imDialogMethods,
    ...chatMethods,
    ...messageMethods,
    ...searchMethods,
    ...recentMarkMethods,
    ...diskFileMethods,
    ...diskMethods,
    ...staffMethods,
    ...eventMethods,
    ...systemMethods(() => registry),
  ];
  for (const method of all) registry.set(method.name.toLowerCase(), method);
  return registry;
}
