import { chatMethods } from "./im/chat-methods.ts";
import { dialogMethods as imDialogMethods } from "./im/dialog-methods.ts";
import { messageMethods } from "./im/message-methods.ts";
import { recentMethods } from "./im/recent-methods.ts";
import { userMethods } from "./im/user-methods.ts";
import { v2EventMethods } from "./im/v2-event-methods.ts";
import { botMethods } from "./imopenlines/bot-methods.ts";
import { configMethods } from "./imopenlines/config-methods.ts";
import { crmMethods } from "./imopenlines/crm-methods.ts";
import { dialogMethods } from "./imopenlines/dialog-methods.ts";
import { historyMethods } from "./imopenlines/history-method.ts";
import { networkMethods } from "./imopenlines/network-methods.ts";
import { operatorMethods } from "./imopenlines/operator-methods.ts";
import { sessionMethods } from "./imopenlines/session-methods.ts";
import type { Method } from "./method.ts";
import { eventMethods } from "./portal/event-methods.ts";
import { staffMethods } from "./portal/staff-methods.ts";
import { systemMethods } from "./portal/system-methods.ts";

/** Every method the portal knows, by lower-case name; `batch` is not among them, it is part of the protocol. */
export function createRegistry(): ReadonlyMap<string, Method> {
  const registry = new Map<string, Method>();
  const all = [
    ...configMethods,
    ...dialogMethods,
    ...historyMethods,
    ...operatorMethods,
    ...sessionMethods,
    ...crmMethods,
    ...botMethods,
    ...networkMethods,
    ...recentMethods,
    ...userMethods,
    ...imDialogMethods,
    ...chatMethods,
    ...messageMethods,
    ...v2EventMethods,
    ...staffMethods,
    ...eventMethods,
    ...systemMethods(() => registry),
  ];
  for (const method of all) registry.set(method.name.toLowerCase(), method);
  return registry;
}
