import { isPhpMap, phpText, phpValues } from "../../php-value.ts";
import { RestError } from "../../rest-error.ts";
import { staffWrites } from "../../world/conversation.ts";
import type { Chat, ChatFile } from "../../world/records.ts";
import { maySeeDialog } from "../dialog-access.ts";
import { folderOf, storeFile } from "../disk/disk-files.ts";
import { type Call, type Method, read, write } from "../method.ts";
import { chatIdOfDialog, intParam, isPresent, isY, textParam } from "../param-reading.ts";
import { camelFile } from "../wire-file.ts";

const maxBytes = 100 * 1024 * 1024;

function accessDenied(): RestError {
  return new RestError("ACCESS_DENIED", "Access denied", 403);
}

function v2Chat({ world, params }: Call): Chat {
  const chat = world.chats.get(chatIdOfDialog(textParam(params, "dialogId")) ?? 0);
  if (!chat) throw new RestError("CHAT_NOT_FOUND", "Chat not found");
  return chat;
}

function sentFile({ params }: Call): { name: string; content: Buffer; message: string } {
  const fields = isPhpMap(params.fields) ? params.fields : {};
  const [name, base64] = [phpText(fields.name), phpText(fields.content)];
  if (name === "" || base64 === "") throw new RestError("FILE_EMPTY", "File name or content is empty");
  if (!/^[A-Za-z0-9+/\s]*={0,2}\s*$/.test(base64)) {
    throw new RestError("FILE_INVALID_CONTENT", "Invalid base64 content");
  }
  const content = Buffer.from(base64, "base64");
  if (content.length > maxBytes) throw new RestError("FILE_TOO_LARGE", "File is too large");
  return { name, content, message: phpText(fields.message) };
}

/** Uploads and sends in one call, as the current user, to the customer too. */
const upload = write("im.v2.File.upload", "im", (call) => {
  const { world, userId, portal } = call;
  const chat = v2Chat(call);
  const { name, content, message: text } = sentFile(call);
  if (!chat.members.has(userId)) throw accessDenied();
  const file = storeFile(world, chat, userId, name, content);
  const message = staffWrites(world, chat, { authorId: userId, text, fileIds: [file.id] });
  return {
    file: camelFile(file, world.userName(userId), portal.url),
    messageId: message.id,
    chatId: chat.id,
    dialogId: `chat${chat.id}`,
  };
});

/** A link that needs no session and can be used once. */
const download = read("im.v2.File.download", "im", (call) => {
  const { world, params, userId, portal } = call;
  const chat = v2Chat(call);
  if (!maySeeDialog(world, userId, chat)) throw accessDenied();
  const file = world.files.get(intParam(params, "fileId"));
  if (!file) throw new RestError("FILE_NOT_FOUND", "File not found");
  if (file.chatId !== chat.id) throw new RestError("FILE_ACCESS_ERROR", "File access error");
  const token = portal.fileTokens.issueOnce("download", file.id);
  return { downloadUrl: `${portal.url}/rest/download.json?token=${encodeURIComponent(token)}` };
});

export const v2FileMethods: readonly Method[] = [upload, download];

/** The chat of CHAT_ID or DIALOG_ID, for participants. */
function classicChat({ world, params, userId }: Call): Chat {
  const byDialog = isPresent(params, "DIALOG_ID");
  const chatId = byDialog ? chatIdOfDialog(textParam(params, "DIALOG_ID")) : intParam(params, "CHAT_ID");
  if (byDialog && chatId === undefined) throw new RestError("DIALOG_ID_EMPTY", "Dialog ID can't be empty");
  if (chatId === undefined || chatId <= 0) throw new RestError("CHAT_ID_EMPTY", "Chat ID can't be empty");
  const chat = world.chats.get(chatId);
  if (!chat?.members.has(userId)) {
    throw new RestError("ACCESS_ERROR", "You do not have access to the specified dialog", 403);
  }
  return chat;
}

const folderGet = read("im.disk.folder.get", "im", (call) => ({ ID: folderOf(call.world, classicChat(call)) }));

/** Files of the chat's folder by FILE_ID or UPLOAD_ID, one or a list. */
function namedFiles({ world, params }: Call, chat: Chat): ChatFile[] {
  const value = isPresent(params, "UPLOAD_ID") ? params.UPLOAD_ID : params.FILE_ID;
  const ids = (phpValues(value) ?? [value]).map((id) => Number(phpText(id).replace(/^(disk|upload)/, "")));
  return ids.flatMap((id) => {
    const file = world.files.get(id);
    return file?.chatId === chat.id ? [file] : [];
  });
}

/** Sends files that lie in the chat's folder; with SILENT_MODE the customer gets nothing. */
const commit = write("im.disk.file.commit", "im", (call) => {
  const { world, params, userId, portal } = call;
  const chat = classicChat(call);
  const files = namedFiles(call, chat);
  if (files.length === 0) throw new RestError("FILES_ERROR", "List of files is not specified or is incorrect");
  const message = staffWrites(world, chat, {
    authorId: userId,
    text: textParam(params, "MESSAGE"),
    fileIds: files.map(({ id }) => id),
    toChannel: !isY(params, "SILENT_MODE"),
  });
  const wired = files.map((file) => [
    `upload${file.id}`,
    { ...camelFile(file, world.userName(userId), portal.url), date: {} },
  ]);
  return {
    FILES: Object.fromEntries(wired),
    DISK_ID: files.map(({ id }) => `disk${id}`),
    FILE_MODELS: [],
    MESSAGE_ID: message.id,
  };
});

export const diskFileMethods: readonly Method[] = [folderGet, commit];
