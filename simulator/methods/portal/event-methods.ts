import { isIP } from "node:net";
import type { Params } from "../../protocol/php-form.ts";
import { RestError } from "../../rest-error.ts";
import type { EventHandler } from "../../world/office-records.ts";
import { nullArgument } from "../imopenlines/crm-arguments.ts";
import { type Call, type Method, read, write } from "../method.ts";
import { foldKeys, intParam, isPresent, textParam } from "../param-reading.ts";

/** Event codes by the scope that must be granted to bind them; "" = always available. */
const events: Record<string, string> = {
  ONAPPINSTALL: "",
  ONAPPUPDATE: "",
  ONAPPUNINSTALL: "",
  ONAPPTEST: "",
  ONOFFLINEEVENT: "",
  ONOPENLINEMESSAGEADD: "imopenlines",
  ONOPENLINEMESSAGEUPDATE: "imopenlines",
  ONOPENLINEMESSAGEDELETE: "imopenlines",
  ONSESSIONSTART: "imopenlines",
  ONSESSIONFINISH: "imopenlines",
  ONCRMACTIVITYADD: "crm",
  ONCRMACTIVITYUPDATE: "crm",
  ONCRMACTIVITYDELETE: "crm",
  ONIMCONNECTORMESSAGEADD: "imconnector",
  ONIMCONNECTORMESSAGEUPDATE: "imconnector",
  ONIMCONNECTORMESSAGEDELETE: "imconnector",
  ONIMCONNECTORLINEDELETE: "imconnector",
  ONIMCONNECTORSTATUSDELETE: "imconnector",
};

function requireApplication({ credential }: Call): void {
  if (credential.kind === "oauth") return;
  const text = "Current authorization type is denied for this method Application context required";
  throw new RestError("WRONG_AUTH_TYPE", text, 403);
}

function denied(text: string): RestError {
  return new RestError("ACCESS_DENIED", `Access denied! ${text}`, 403);
}

function knownEvent({ credential }: Call, params: Params): string {
  const event = textParam(params, "EVENT").toUpperCase();
  if (event === "") throw nullArgument("EVENT");
  const scope = Object.hasOwn(events, event) ? events[event] : undefined;
  if (scope === undefined || (scope !== "" && !credential.scopes.includes(scope))) {
    throw new RestError("ERROR_EVENT_NOT_FOUND", "Event not found");
  }
  return event;
}

/** The handler's address; its host must have a dot or be an address, and its protocol must be http or https. */
function handlerUrl(params: Params): string {
  const text = textParam(params, "HANDLER");
  if (text === "") throw nullArgument("HANDLER");
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    throw new RestError("ERROR_WRONG_HANDLER_URL", "Wrong handler URL");
  }
  if (url.protocol !== "http:" && url.protocol !== "https:") {
    throw new RestError("ERROR_UNSUPPORTED_PROTOCOL", "Unsupported event handler protocol");
  }
  const host = url.hostname.replace(/^\[|\]$/g, "");
  if (!host.includes(".") && isIP(host) === 0) throw new RestError("ERROR_WRONG_HANDLER_URL", "Wrong handler URL");
  return text;
}

const bind = write("event.bind", "", (call) => {
  requireApplication(call);
  const { world, userId, credential } = call;
  const params = foldKeys(call.params);
  const event = knownEvent(call, params);
  const offline = textParam(params, "EVENT_TYPE").toLowerCase() === "offline";
  const isAdmin = world.users.get(userId)?.admin ?? false;
  const asked = isPresent(params, "AUTH_TYPE") ? intParam(params, "AUTH_TYPE") : 0;
  if (!isAdmin && offline) throw denied("Offline events binding requires administrator access rights");
  if (!isAdmin && asked > 0 && asked !== userId) {
    throw denied("Event binding with AUTH_TYPE requires administrator access rights");
  }
  const handler = offline ? "" : handlerUrl(params);
  const authType = isAdmin ? asked : userId;
  const connectorId = offline ? textParam(params, "AUTH_CONNECTOR") : "";
  const isSame = (known: EventHandler): boolean =>
    known.clientId === credential.clientId &&
    known.event === event &&
    known.offline === offline &&
    known.handler === handler &&
    known.authType === authType &&
    known.connectorId === connectorId;
  if (world.eventHandlers.some(isSame)) {
    throw new RestError("ERROR_CORE", "Unable to set event handler: Handler already binded");
  }
  const id = world.next.handler;
  world.next.handler += 2;
  world.eventHandlers.push({ id, clientId: credential.clientId, event, handler, authType, offline, connectorId });
  return true;
});

const unbind = write("event.unbind", "", (call) => {
  requireApplication(call);
  const { world, userId, credential } = call;
  const params = foldKeys(call.params);
  const event = knownEvent(call, params);
  const offline = textParam(params, "EVENT_TYPE").toLowerCase() === "offline";
  const isAdmin = world.users.get(userId)?.admin ?? false;
  const authType = isPresent(params, "AUTH_TYPE") ? intParam(params, "AUTH_TYPE") : undefined;
  if (!isAdmin && offline) throw denied("Offline events unbinding requires administrator access rights");
  if (!isAdmin && authType !== undefined && authType > 0 && authType !== userId) {
    throw denied("Event unbinding with AUTH_TYPE requires administrator access rights");
  }
  const handler = textParam(params, "HANDLER");
  const gone = world.eventHandlers.filter(
    (known) =>
      known.clientId === credential.clientId &&
      known.event === event &&
      known.offline === offline &&
      (handler === "" || known.handler === handler) &&
      (authType === undefined || known.authType === authType) &&
      (isAdmin || known.authType === userId),
  );
  for (const known of gone) world.eventHandlers.splice(world.eventHandlers.indexOf(known), 1);
  return { count: gone.length };
});

const get = read("event.get", "", (call) => {
  requireApplication(call);
  const { world, userId, credential } = call;
  const isAdmin = world.users.get(userId)?.admin ?? false;
  return world.eventHandlers
    .filter((known) => known.clientId === credential.clientId && (isAdmin || known.authType === userId))
    .map(({ event, handler, authType, offline, connectorId }) =>
      offline
        ? { event, connector_id: connectorId, offline: 1 }
        : { event, handler, auth_type: String(authType), offline: 0 },
    );
});

const list = read("events", "", (call) => {
  requireApplication(call);
  return Object.entries(events)
    .filter(([, scope]) => scope === "" || call.credential.scopes.includes(scope))
    .map(([event]) => event);
});

export const eventMethods: readonly Method[] = [bind, unbind, get, list];
