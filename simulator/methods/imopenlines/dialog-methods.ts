import { phpInt, phpText } from "../../php-value.ts";
import type { Params } from "../../protocol/php-form.ts";
import { RestError } from "../../rest-error.ts";
import type { Chat } from "../../world/records.ts";
import type { World } from "../../world/world.ts";
import { maySeeDialog } from "../dialog-access.ts";
import { type Method, read } from "../method.ts";
import { foldKeys, isPresent } from "../param-reading.ts";
import { dialogRecord } from "../wire-chat.ts";

/** The chat by the first parameter present: CHAT_ID, DIALOG_ID, SESSION_ID, USER_CODE; a zero blocks the others. */
function findChat(world: World, params: Params): Chat | undefined {
  if (isPresent(params, "CHAT_ID")) return world.chats.get(phpInt(params.CHAT_ID));
  if (isPresent(params, "DIALOG_ID")) {
    const match = /^chat(\d+)$/.exec(phpText(params.DIALOG_ID));
    return match ? world.chats.get(Number(match[1])) : undefined;
  }
  if (isPresent(params, "SESSION_ID")) {
    const session = world.sessions.get(phpInt(params.SESSION_ID));
    return session ? world.chats.get(session.chatId) : undefined;
  }
  if (isPresent(params, "USER_CODE")) {
    return world.chatsByUserCode.get(phpText(params.USER_CODE).replace(/^imol\|/, ""));
  }
  return undefined;
}

const dialogGet = read("imopenlines.dialog.get", "imopenlines", ({ world, params, userId, portal }) => {
  const chat = findChat(world, foldKeys(params));
  if (chat?.kind !== "lines" || !maySeeDialog(world, userId, chat)) {
    throw new RestError("ACCESS_ERROR", "You do not have access to the specified dialog");
  }
  return dialogRecord(world, chat, userId, portal.url);
});

const revisionGet = read("imopenlines.revision.get", "imopenlines", () => ({ rest: 2, web: 1, mobile: 1 }));

export const dialogMethods: readonly Method[] = [dialogGet, revisionGet];
