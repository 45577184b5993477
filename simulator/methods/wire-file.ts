import type { ChatFile } from "../world/records.ts";
import { isoDate } from "./wire-date.ts";

/** A file as im.dialog.messages.get answers it, camelCase keys. Its links need the session of somebody logged in to the portal. */
export function camelFile(file: ChatFile, authorName: string, portalUrl: string): Record<string, unknown> {
  const base = `${portalUrl}/bitrix/services/main/ajax.php`;
  const tail = `&SITE_ID=s1&humanRE=1&fileId=${file.id}`;
  const name = `&fileName=${encodeURIComponent(file.name)}`;
  const download = `${base}?action=disk.api.file.download${tail}&exact=N${name}`;
  const isImage = file.type === "image";
  const show = isImage
    ? `${base}?action=disk.api.file.showImage${tail}&width=1280&height=1280&exact=N${name}`
    : download;
  const small = `${base}?action=disk.api.file.showImage${tail}&width=250&height=250&exact=Y${name}`;
  const actions = [
    { type: "download" },
    {
      type: "copyToMe",
      text: "Save to Drive",
      action: "BXIM.disk.saveToDiskAction",
      params: { fileId: String(file.id) },
      extension: "disk.viewer.actions",
      buttonIconClass: "ui-btn-icon-cloud",
    },
  ];
  return {
    id: file.id,
    chatId: file.chatId,
    date: isoDate(file.createdAt),
    type: file.type,
    name: file.name,
    extension: file.name.split(".").at(-1) ?? "",
    size: file.size,
    image: file.image,
    status: "done",
    progress: 100,
    authorId: file.authorId,
    authorName,
    urlPreview: isImage ? download : "",
    urlShow: show,
    urlDownload: download,
    viewerAttrs: {
      viewer: "",
      viewerType: isImage ? "image" : "unknown",
      src: download,
      viewerResized: "",
      objectId: String(file.id),
      viewerGroupBy: String(file.chatId),
      imChatId: file.chatId,
      title: file.name,
      actions: JSON.stringify(actions),
    },
    mediaUrl: isImage ? { preview: { "250": small } } : [],
    isTranscribable: file.voiceNote,
    isVideoNote: false,
    isVoiceNote: file.voiceNote,
  };
}

/** The same file in session.history.get, whose encoder flattens every key to lower case. */
export function flatFile(file: ChatFile, authorName: string, portalUrl: string): unknown {
  return lowerKeys(camelFile(file, authorName, portalUrl));
}

function lowerKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(lowerKeys);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key.toLowerCase(), lowerKeys(item)]));
}
