import { addFile } from "../../world/messages.ts";
import type { Chat, ChatFile } from "../../world/records.ts";
import type { World } from "../../world/world.ts";
import type { PortalIdentity } from "../method.ts";
import { isoDate } from "../wire-date.ts";

/** The chat whose folder this is. */
export function chatOfFolder(world: World, folderId: number): Chat | undefined {
  return [...world.chats.values()].find((chat) => chat.diskFolderId === folderId);
}

/** The folder of the chat, made when it is first asked for. */
export function folderOf(world: World, chat: Chat): number {
  if (chat.diskFolderId === 0) {
    chat.diskFolderId = world.next.file - 1;
    world.next.file += 2;
  }
  return chat.diskFolderId;
}

function kindOf(name: string): ChatFile["type"] {
  const extension = name.split(".").at(-1)?.toLowerCase() ?? "";
  if (["png", "jpg", "jpeg", "gif", "webp"].includes(extension)) return "image";
  if (["mp3", "ogg", "wav"].includes(extension)) return "audio";
  return ["mp4", "webm", "mov"].includes(extension) ? "video" : "file";
}

/** Width and height of a PNG; the portal measures pictures of every kind, this one only those. */
function measured(type: ChatFile["type"], content: Buffer): ChatFile["image"] {
  if (type !== "image") return false;
  const isPng = content.length > 24 && content.readUInt32BE(0) === 0x89504e47;
  return isPng ? { width: content.readUInt32BE(16), height: content.readUInt32BE(20) } : { width: 640, height: 480 };
}

export function storeFile(world: World, chat: Chat, authorId: number, name: string, content: Buffer): ChatFile {
  folderOf(world, chat);
  const type = kindOf(name);
  const image = measured(type, content);
  return addFile(world, chat, { type, name, size: content.length, image, authorId, voiceNote: false, content });
}

/** A file as disk.* answers it: texts, but a number for the id of a new one. Its link carries a secret and needs no session. */
export function diskRecord(world: World, portal: PortalIdentity, file: ChatFile): Record<string, unknown> {
  const token = portal.fileTokens.issueLasting(file.id);
  const folderId = world.chats.get(file.chatId)?.diskFolderId ?? 0;
  return {
    ID: String(file.id),
    NAME: file.name,
    CODE: null,
    STORAGE_ID: "3",
    TYPE: "file",
    PARENT_ID: String(folderId),
    DELETED_TYPE: "0",
    GLOBAL_CONTENT_VERSION: "1",
    FILE_ID: String(file.id + 100_000),
    SIZE: String(file.size),
    CREATE_TIME: isoDate(file.createdAt),
    UPDATE_TIME: isoDate(file.createdAt),
    DELETE_TIME: null,
    CREATED_BY: String(file.authorId),
    UPDATED_BY: String(file.authorId),
    DELETED_BY: "0",
    DOWNLOAD_URL: `${portal.url}/rest/download.json?token=${encodeURIComponent(token)}`,
    DETAIL_URL: `${portal.url}/docs/file/${encodeURIComponent(file.name)}`,
  };
}

/** What the second step of an upload answers. */
export function uploadToFolder(
  world: World,
  portal: PortalIdentity,
  folderId: number,
  name: string,
  content: Buffer,
): Record<string, unknown> {
  const chat = chatOfFolder(world, folderId);
  if (!chat) throw new Error(`No folder ${folderId} in the simulated portal`);
  const file = storeFile(world, chat, world.supervisorId, name, content);
  return { ...diskRecord(world, portal, file), ID: file.id };
}
