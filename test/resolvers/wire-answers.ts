import { documentedMethods } from "../contract/documented-portal.ts";

type WireObject = Record<string, unknown>;

function documentedResult(method: string): WireObject {
  const result = documentedMethods.get(method)?.example.response.result;
  if (typeof result !== "object" || result === null) throw new Error(`${method} has no documented result`);
  return structuredClone(result) as WireObject;
}

/** The documented answer of `imopenlines.dialog.get` (chat 1777, open session 343, operator 27), with other values where given. */
export function dialogOnWire(changes: WireObject = {}): WireObject {
  return { ...documentedResult("imopenlines.dialog.get"), ...changes };
}

/** The documented answer of `imopenlines.session.history.get` (chat 1763, session 321), with other values where given. */
export function historyOnWire(changes: WireObject = {}): WireObject {
  return { ...documentedResult("imopenlines.session.history.get"), ...changes };
}

/** The documented history as that of another session and chat, which is open unless told otherwise. */
export function historyOfOnWire(sessionId: number, chatId: number, isOpen = true): WireObject {
  const text = JSON.stringify(historyOnWire())
    .replaceAll("1763", String(chatId))
    .replaceAll("|321|", `|${isOpen ? sessionId : 0}|`);
  return { ...(JSON.parse(text) as WireObject), sessionId };
}

export function userOnWire(id: number, changes: WireObject = {}): WireObject {
  return {
    id,
    active: true,
    name: `User ${id}`,
    first_name: "User",
    last_name: String(id),
    work_position: "",
    color: "#1eb4aa",
    avatar: "",
    gender: "F",
    birthday: "",
    extranet: false,
    network: false,
    bot: false,
    connector: false,
    external_auth_id: "default",
    status: "online",
    idle: false,
    last_activity_date: "2026-06-01T12:30:00+02:00",
    mobile_last_date: false,
    desktop_last_date: false,
    absent: false,
    departments: [1],
    phones: false,
    bot_data: null,
    type: "user",
    website: "",
    email: "",
    ...changes,
  };
}

/** `im.dialog.messages.get` over messages 1..`count` of a chat: newest first, older than LAST_ID or newer than FIRST_ID. */
export function messagesOnWire(chatId: number, count: number, params: Record<string, string>): WireObject {
  const ids = Array.from({ length: count }, (_, index) => index + 1);
  const limit = Math.min(50, Number(params.LIMIT ?? 20));
  const page =
    params.FIRST_ID !== undefined
      ? ids.filter((id) => id > Number(params.FIRST_ID)).slice(0, limit)
      : ids.filter((id) => params.LAST_ID === undefined || id < Number(params.LAST_ID)).slice(-limit);
  return {
    chat_id: chatId,
    messages: page.reverse().map((id) => ({
      id,
      chat_id: chatId,
      author_id: id % 3 === 0 ? 0 : 27,
      date: "2026-03-16T15:00:00+01:00",
      text: `message ${id}`,
      params: [],
    })),
    users: [userOnWire(27, { name: "Samantha Johnson" })],
    files: [],
  };
}

/** An item of a recent list for an open-line chat. */
export function recentItemOnWire(chatId: number, changes: WireObject = {}, chat: WireObject = {}): WireObject {
  return {
    id: `chat${chatId}`,
    chat_id: chatId,
    type: "chat",
    title: `Customer ${chatId}`,
    avatar: { url: "", color: "#58cc47" },
    message: {
      id: chatId * 10,
      text: `last of ${chatId}`,
      file: false,
      author_id: 599,
      attach: false,
      date: "2026-06-01T12:00:00+02:00",
      status: "received",
    },
    counter: 2,
    last_id: chatId * 10 - 2,
    pinned: false,
    unread: false,
    date_update: "2026-06-01T12:00:00+02:00",
    lines: { id: 343, status: 20, date_create: "2026-06-01T11:00:00+02:00" },
    user: userOnWire(599, { name: "Guest", connector: true }),
    chat: {
      id: chatId,
      name: `Customer ${chatId}`,
      owner: 27,
      entity_type: "LINES",
      entity_id: `livechat|22|${chatId - 2}|599`,
      entity_data_1: "N|NONE|0|N|N|343|1773682918|22|0|0",
      entity_data_2: "LEAD|0|COMPANY|0|CONTACT|0|DEAL|0",
      entity_data_3: "N",
      mute_list: [],
      date_create: "2026-05-30T09:15:00+02:00",
      ...chat,
    },
    ...changes,
  };
}
