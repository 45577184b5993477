import type { Id } from "./ids.ts";

export type FileKind = "IMAGE" | "VIDEO" | "AUDIO" | "FILE" | "UNKNOWN";

export interface FileRecord {
  readonly id: Id;
  readonly chatId: Id | null;
  readonly name: string;
  readonly kind: FileKind;
  readonly extension: string | null;
  /** Bytes. */
  readonly size: number | null;
  readonly image: { readonly width: number; readonly height: number } | null;
  readonly status: string | null;
  /** Percent, 0..100. */
  readonly progress: number | null;
  readonly uploadedAt: Date | null;
  readonly uploadedById: Id | null;
  readonly uploaderName: string | null;
  /** Signed, absolute addresses. */
  readonly previewUrl: string | null;
  readonly showUrl: string | null;
  readonly downloadUrl: string | null;
  readonly mediaPreviewUrl: string | null;
  /** The portal's viewer attributes as sent. */
  readonly viewerAttributes: Readonly<Record<string, unknown>> | null;
  readonly isTranscribable: boolean | null;
  readonly isVideoNote: boolean | null;
  readonly isVoiceNote: boolean | null;
}
