import { isPhpMap, phpText, phpValues } from "../../php-value.ts";
import { RestError } from "../../rest-error.ts";
import type { Chat } from "../../world/records.ts";
import { maySeeDialog } from "../dialog-access.ts";
import { type Call, type Method, read, write } from "../method.ts";
import { intParam, isPresent } from "../param-reading.ts";
import { chatOfFolder, diskRecord, storeFile } from "./disk-files.ts";

function denied(): RestError {
  return new RestError("ACCESS_DENIED", "Access denied", 403);
}

function missing(name: string): RestError {
  return new RestError("ERROR_ARGUMENT", `Invalid value of parameter {${name}}`);
}

function folderChat(call: Call): Chat {
  const { world, params, userId } = call;
  if (!isPresent(params, "id")) throw missing("id");
  const chat = chatOfFolder(world, intParam(params, "id"));
  if (!chat) throw new RestError("ERROR_NOT_FOUND", "Could not find entity with id");
  if (!maySeeDialog(world, userId, chat)) throw denied();
  return chat;
}

/** With the content at once, or without it in two steps: then the answer tells where to post the file. */
const uploadFile = write("disk.folder.uploadFile", "disk", (call) => {
  const { world, params, userId, portal } = call;
  const chat = folderChat(call);
  if (!isPresent(params, "fileContent")) {
    const token = portal.fileTokens.issueOnce("upload", chat.diskFolderId);
    return { field: "file", uploadUrl: `${portal.url}/rest/upload.json?token=${encodeURIComponent(token)}` };
  }
  const [name, base64] = phpValues(params.fileContent) ?? [];
  const wanted = isPhpMap(params.data) ? phpText(params.data.NAME) : "";
  const content = Buffer.from(phpText(base64), "base64");
  if (content.length === 0) throw missing("fileContent");
  const file = storeFile(world, chat, userId, wanted || phpText(name), content);
  return { ...diskRecord(world, portal, file), ID: file.id };
});

const fileGet = read("disk.file.get", "disk", (call) => {
  const { world, params, userId, portal } = call;
  if (!isPresent(params, "id")) throw missing("id");
  const file = world.files.get(intParam(params, "id"));
  const chat = file && world.chats.get(file.chatId);
  if (!file || !chat) throw new RestError("ERROR_NOT_FOUND", "Could not find entity with id");
  if (!maySeeDialog(world, userId, chat)) throw denied();
  return diskRecord(world, portal, file);
});

export const diskMethods: readonly Method[] = [uploadFile, fileGet];
