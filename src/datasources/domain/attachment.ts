import type { Id } from "./ids.ts";

/** A link to a page. */
export interface AttachedLink {
  readonly name: string | null;
  readonly url: string | null;
  readonly description: string | null;
  readonly previewUrl: string | null;
}

export interface AttachedPicture {
  readonly name: string | null;
  readonly url: string | null;
  readonly previewUrl: string | null;
  /** Pixels. */
  readonly width: number | null;
  readonly height: number | null;
}

export interface AttachedFile {
  readonly name: string | null;
  readonly url: string | null;
  /** Bytes. */
  readonly size: number | null;
}

export interface AttachedPerson {
  readonly name: string | null;
  readonly avatarUrl: string | null;
  readonly url: string | null;
}

export type CellLayout = "BLOCK" | "LINE" | "ROW" | "COLUMN" | "UNKNOWN";

export interface AttachedCell {
  readonly name: string | null;
  /** BBCode. */
  readonly value: string | null;
  readonly layout: CellLayout | null;
  /** Pixels. */
  readonly width: number | null;
  readonly color: string | null;
  readonly url: string | null;
  readonly userId: Id | null;
  readonly chatId: Id | null;
}

/** A part of an attachment by what it is. */
export type AttachmentBlockRecord =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "links"; readonly links: readonly AttachedLink[] }
  | { readonly kind: "pictures"; readonly pictures: readonly AttachedPicture[] }
  | { readonly kind: "files"; readonly files: readonly AttachedFile[] }
  | { readonly kind: "people"; readonly people: readonly AttachedPerson[] }
  | { readonly kind: "grid"; readonly cells: readonly AttachedCell[] }
  | { readonly kind: "delimiter"; readonly width: number | null; readonly color: string | null }
  | { readonly kind: "unknown"; readonly raw: Readonly<Record<string, unknown>> };
