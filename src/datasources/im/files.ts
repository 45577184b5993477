import type { Call } from "../bitrix24/calls.ts";
import { id, object, optionalId, text } from "../bitrix24/wire.ts";
import { ornamental } from "../bitrix24/wire-lists.ts";
import type { Id } from "../domain/ids.ts";
import { dialogIdParam, idParam } from "../rest-params.ts";
import type { ChatWrite } from "./chat-write.ts";

/**
 * A link to a chat's file that needs no session and works once (`im.v2.File.download`). Refusals: `FILE_NOT_FOUND`, `ACCESS_DENIED`; portals
 * before 2026 do not know the method.
 */
export function fileDownload(chatId: Id, fileId: Id): Call<string> {
  return {
    method: "im.v2.File.download",
    params: { dialogId: dialogIdParam(chatId), fileId: idParam(fileId) },
    decode: decodeDownloadUrl,
  };
}

function decodeDownloadUrl(result: unknown): string {
  return text(object(result, "").downloadUrl, "downloadUrl");
}

/** The same on the disk, whatever chat the file is in (`disk.file.get`, scope `disk`). Refusals: `ERROR_NOT_FOUND`, `ACCESS_DENIED`. */
export function diskFileLink(fileId: Id): Call<string> {
  return { method: "disk.file.get", params: { id: idParam(fileId) }, decode: decodeDiskLink };
}

function decodeDiskLink(result: unknown): string {
  return text(object(result, "").DOWNLOAD_URL, "DOWNLOAD_URL");
}

export interface OutgoingFile {
  readonly name: string;
  /** In base64. */
  readonly content: string;
}

/**
 * Sends a file with a text into a chat as the caller, at once (`im.v2.File.upload`). The message's id; null where none is told. Refusals:
 * `FILE_EMPTY`, `FILE_INVALID_CONTENT`, `FILE_TOO_LARGE`, `CHAT_NOT_FOUND`, `FOLDER_ERROR`, `UPLOAD_FAILED`, `SEND_FAILED`, `ACCESS_DENIED`.
 */
export function fileUpload(chatId: Id, file: OutgoingFile, message: string): ChatWrite<Id | null> {
  return {
    method: "im.v2.File.upload",
    changes: null,
    params: {
      dialogId: dialogIdParam(chatId),
      fields: { name: file.name, content: file.content, message: message === "" ? undefined : message },
    },
    decode: decodeUpload,
  };
}

function decodeUpload(result: unknown): Id | null {
  return ornamental(optionalId, object(result, "").messageId, "messageId");
}

/** The folder of a chat on the disk (`im.disk.folder.get`). Refusal: `ACCESS_ERROR`. */
export function chatFolderGet(chatId: Id): Call<Id> {
  return { method: "im.disk.folder.get", params: { CHAT_ID: idParam(chatId) }, decode: decodeFolder };
}

function decodeFolder(result: unknown): Id {
  return id(object(result, "").ID, "ID");
}

/** Stores a file in a folder, which sends nothing yet (`disk.folder.uploadFile`, scope `disk`). The file's id. Refusals: `ACCESS_DENIED`. */
export function folderUpload(folderId: Id, { name, content }: OutgoingFile): Call<Id> {
  return {
    method: "disk.folder.uploadFile",
    params: { id: idParam(folderId), data: { NAME: name }, fileContent: [name, content], generateUniqueName: "Y" },
    decode: decodeStored,
  };
}

function decodeStored(result: unknown): Id {
  return id(object(result, "").ID, "ID");
}

/**
 * Sends a file of the chat's folder with a text (`im.disk.file.commit`). The message's id; null where none is told. Refusals: `ACCESS_ERROR`,
 * `FILES_ERROR`, `SAVE_ERROR`.
 */
export function fileCommit(chatId: Id, fileId: Id, message: string): ChatWrite<Id | null> {
  return {
    method: "im.disk.file.commit",
    changes: null,
    params: {
      CHAT_ID: idParam(chatId),
      UPLOAD_ID: idParam(fileId),
      MESSAGE: message === "" ? undefined : message,
    },
    decode: decodeCommit,
  };
}

function decodeCommit(result: unknown): Id | null {
  return ornamental(optionalId, object(result, "").MESSAGE_ID, "MESSAGE_ID");
}
