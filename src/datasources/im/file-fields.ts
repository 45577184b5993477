import {
  id,
  optionalCount,
  optionalFlag,
  optionalId,
  optionalObject,
  optionalText,
  type WireObject,
} from "../bitrix24/wire.ts";
import { ornamental, ornamentalList } from "../bitrix24/wire-lists.ts";
import { optionalInstant } from "../bitrix24/wire-times.ts";
import type { FileKind, FileRecord } from "../domain/file.ts";
import { field, ornamentalUrl } from "./user-fields.ts";

const KINDS: Readonly<Record<string, FileKind>> = { image: "IMAGE", video: "VIDEO", audio: "AUDIO", file: "FILE" };

/** The files of an answer; places of files that are gone are skipped. */
export function decodeFiles(value: unknown): FileRecord[] {
  return ornamentalList(value, "files", (entry, path) => {
    const raw = optionalObject(entry, path);
    return raw === null ? [] : [decodeFile(raw, path)];
  }).flat();
}

/** A file as the messenger describes it: camelCase keys in `im.*`, the same without humps in a session's history. */
function decodeFile(raw: WireObject, path: string): FileRecord {
  return {
    id: id(raw.id, `${path}.id`),
    chatId: ornamental(optionalId, field(raw, "chatId", "chatid"), `${path}.chatId`),
    name: ornamental(optionalText, raw.name, `${path}.name`) ?? "",
    kind: typeof raw.type === "string" ? (KINDS[raw.type] ?? "UNKNOWN") : "UNKNOWN",
    extension: ornamental(optionalText, raw.extension, `${path}.extension`),
    size: ornamental(optionalSize, raw.size, `${path}.size`),
    image: decodeImageSize(raw.image, path),
    status: ornamental(optionalText, raw.status, `${path}.status`),
    progress: ornamental(optionalCount, raw.progress, `${path}.progress`),
    uploadedAt: ornamental(optionalInstant, raw.date, `${path}.date`),
    uploadedById: ornamental(optionalId, field(raw, "authorId", "authorid"), `${path}.authorId`),
    uploaderName: ornamental(optionalText, field(raw, "authorName", "authorname"), `${path}.authorName`),
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
  const width = ornamental(optionalCount, size?.width, path);
  const height = ornamental(optionalCount, size?.height, path);
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

/** Bytes; portals that reckon in other units send fractions. */
function optionalSize(value: unknown, path: string): number | null {
  const number = typeof value === "string" && value.trim() !== "" ? Number(value) : value;
  return typeof number === "number" && number >= 0 ? Math.round(number) : optionalCount(value, path);
}
