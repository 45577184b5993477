import {
  id,
  object,
  optionalFlag,
  optionalId,
  optionalInstant,
  optionalInteger,
  optionalObject,
  optionalText,
  text,
} from "../bitrix24/wire.ts";
import type { FileKind, FileRecord } from "../domain/file.ts";
import { field, ornamental, ornamentalUrl } from "./user-fields.ts";

const KINDS: Readonly<Record<string, FileKind>> = { image: "IMAGE", video: "VIDEO", audio: "AUDIO", file: "FILE" };

/** A file as the messenger describes it: camelCase keys in `im.*`, the same without humps in a session's history. */
export function decodeFile(value: unknown, path: string): FileRecord {
  const raw = object(value, path);
  return {
    id: id(raw.id, `${path}.id`),
    chatId: optionalId(field(raw, "chatId", "chatid"), `${path}.chatId`),
    name: text(raw.name, `${path}.name`),
    kind: typeof raw.type === "string" ? (KINDS[raw.type] ?? "UNKNOWN") : "UNKNOWN",
    extension: optionalText(raw.extension, `${path}.extension`),
    size: optionalInteger(raw.size, `${path}.size`),
    image: decodeImageSize(raw.image, path),
    status: optionalText(raw.status, `${path}.status`),
    progress: optionalInteger(raw.progress, `${path}.progress`),
    uploadedAt: optionalInstant(raw.date, `${path}.date`),
    uploadedById: optionalId(field(raw, "authorId", "authorid"), `${path}.authorId`),
    uploaderName: optionalText(field(raw, "authorName", "authorname"), `${path}.authorName`),
    previewUrl: ornamentalUrl(field(raw, "urlPreview", "urlpreview"), path),
    showUrl: ornamentalUrl(field(raw, "urlShow", "urlshow"), path),
    downloadUrl: ornamentalUrl(field(raw, "urlDownload", "urldownload"), path),
    mediaPreviewUrl: decodeMediaPreview(field(raw, "mediaUrl", "mediaurl"), path),
    viewerAttributes: ornamental(optionalObject, field(raw, "viewerAttrs", "viewerattrs"), path),
    isTranscribable: ornamental(optionalFlag, field(raw, "isTranscribable", "istranscribable"), path),
    isVideoNote: ornamental(optionalFlag, field(raw, "isVideoNote", "isvideonote"), path),
    isVoiceNote: ornamental(optionalFlag, field(raw, "isVoiceNote", "isvoicenote"), path),
  };
}

function decodeImageSize(value: unknown, path: string): FileRecord["image"] {
  const size = ornamental(optionalObject, value, path);
  const width = ornamental(optionalInteger, size?.width, path);
  const height = ornamental(optionalInteger, size?.height, path);
  return width !== null && height !== null && width > 0 && height > 0 ? { width, height } : null;
}

/** `{preview: {"250": address}}`; portals send a bare address too. */
function decodeMediaPreview(value: unknown, path: string): string | null {
  if (typeof value === "string") return ornamentalUrl(value, path);
  const preview = ornamental(optionalObject, value, path)?.preview;
  if (typeof preview === "string") return ornamentalUrl(preview, path);
  const bySize = ornamental(optionalObject, preview, path);
  return bySize === null ? null : ornamentalUrl(Object.values(bySize)[0], path);
}
