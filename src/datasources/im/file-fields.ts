import { columnOrNull, defineRecord } from "../bitrix24/decoded-record.ts";
import { decodeLater, laterDecoding } from "../bitrix24/decoding.ts";
import {
  id,
  optionalCount,
  optionalFlag,
  optionalId,
  optionalLargeCount,
  optionalObject,
  optionalText,
  optionalUrl,
  type WireObject,
} from "../bitrix24/wire.ts";
import { ornamental, ornamentalList } from "../bitrix24/wire-lists.ts";
import { optionalInstant } from "../bitrix24/wire-times.ts";
import type { FileKind, FileRecord } from "../domain/file.ts";
import type { Id } from "../domain/ids.ts";
import { field, ornamentalUrl } from "./user-fields.ts";

const KINDS: Readonly<Record<string, FileKind>> = { image: "IMAGE", video: "VIDEO", audio: "AUDIO", file: "FILE" };

/** The files of an answer; places of files that are gone are skipped. */
export function decodeFiles(value: unknown): FileRecord[] {
  return ornamentalList(value, "files", (entry, path) => {
    const raw = optionalObject(entry, path);
    return raw === null ? [] : [decodeFile(raw, path)];
  }).flat();
}

/** The same by id, decoded when they are first asked for, and once. */
export function describedFiles(value: unknown): () => ReadonlyMap<Id, FileRecord> {
  const later = laterDecoding();
  let files: ReadonlyMap<Id, FileRecord> | undefined;
  return () => {
    files ??= new Map(decodeLater(later, () => decodeFiles(value)).map((file) => [file.id, file]));
    return files;
  };
}

/** A file as the messenger describes it: camelCase keys in `im.*`, the same without humps in a session's history. */
function decodeFile(raw: WireObject, path: string): FileRecord {
  return describedFile(id(raw.id, `${path}.id`), raw, path);
}

const describedFile = defineRecord<FileRecord>({
  chatId: columnOrNull(optionalId, "chatId", "chatid"),
  name: (raw, path) => ornamental(optionalText, raw.name, `${path}.name`) ?? "",
  kind: (raw) => (typeof raw.type === "string" ? (KINDS[raw.type] ?? "UNKNOWN") : "UNKNOWN"),
  extension: columnOrNull(optionalText, "extension"),
  size: columnOrNull(optionalSize, "size"),
  image: (raw, path) => decodeImageSize(raw.image, `${path}.image`),
  status: columnOrNull(optionalText, "status"),
  progress: columnOrNull(optionalCount, "progress"),
  uploadedAt: columnOrNull(optionalInstant, "date"),
  uploadedById: columnOrNull(optionalId, "authorId", "authorid"),
  uploaderName: columnOrNull(optionalText, "authorName", "authorname"),
  previewUrl: columnOrNull(optionalUrl, "urlPreview", "urlpreview"),
  showUrl: columnOrNull(optionalUrl, "urlShow", "urlshow"),
  downloadUrl: columnOrNull(optionalUrl, "urlDownload", "urldownload"),
  mediaPreviewUrl: (raw, path) => decodeMediaPreview(field(raw, "mediaUrl", "mediaurl"), `${path}.mediaUrl`),
  viewerAttributes: columnOrNull(optionalObject, "viewerAttrs", "viewerattrs"),
  isTranscribable: columnOrNull(optionalFlag, "isTranscribable", "istranscribable"),
  isVideoNote: columnOrNull(optionalFlag, "isVideoNote", "isvideonote"),
  isVoiceNote: columnOrNull(optionalFlag, "isVoiceNote", "isvoicenote"),
});

function decodeImageSize(value: unknown, path: string): FileRecord["image"] {
  const size = ornamental(optionalObject, value, path);
  const width = ornamental(optionalCount, size?.width, `${path}.width`);
  const height = ornamental(optionalCount, size?.height, `${path}.height`);
  return width !== null && height !== null && width > 0 && height > 0 ? { width, height } : null;
}

/** `{preview: {"250": address}}`; portals send a bare address too. */
function decodeMediaPreview(value: unknown, path: string): string | null {
  if (typeof value === "string") return ornamentalUrl(value, path);
  const preview = ornamental(optionalObject, value, path)?.preview;
  if (typeof preview === "string") return ornamentalUrl(preview, `${path}.preview`);
  const bySize = ornamental(optionalObject, preview, `${path}.preview`);
  return bySize === null ? null : ornamentalUrl(Object.values(bySize)[0], `${path}.preview`);
}

/** Bytes; portals that reckon in other units send fractions. */
function optionalSize(value: unknown, path: string): number | null {
  const number = typeof value === "string" && value.trim() !== "" ? Number(value) : value;
  const isFraction = typeof number === "number" && number >= 0 && !Number.isInteger(number);
  return optionalLargeCount(isFraction ? Math.round(number) : value, path);
}
