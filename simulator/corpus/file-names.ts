/** Kinds of files customers and operators send. */
export const FILE_KINDS = ["image", "pdf", "voice", "video", "spreadsheet", "archive"] as const;

export type FileKind = (typeof FILE_KINDS)[number];

/** A file as a template: `#` in a name stands for a number that makes it one of many. */
export interface FileTemplate {
  readonly name: string;
  readonly mimeType: string;
  /** Bounds of the size in bytes. */
  readonly size: readonly [number, number];
}

export const FILE_TEMPLATES: Record<FileKind, readonly FileTemplate[]> = {
  image: [
    { name: "IMG_20260#.jpg", mimeType: "image/jpeg", size: [180_000, 4_800_000] },
    { name: "Screenshot #.png", mimeType: "image/png", size: [60_000, 900_000] },
    { name: "Фото посылки #.jpg", mimeType: "image/jpeg", size: [180_000, 4_800_000] },
    { name: "损坏照片#.jpg", mimeType: "image/jpeg", size: [180_000, 4_800_000] },
    { name: "صورة #.webp", mimeType: "image/webp", size: [40_000, 600_000] },
  ],
  pdf: [
    { name: "Invoice-#.pdf", mimeType: "application/pdf", size: [30_000, 400_000] },
    { name: "Rechnung Nr. #.pdf", mimeType: "application/pdf", size: [30_000, 400_000] },
    { name: "Счёт №#.pdf", mimeType: "application/pdf", size: [30_000, 400_000] },
    { name: "請求書_#.pdf", mimeType: "application/pdf", size: [30_000, 400_000] },
    { name: "return label (#).pdf", mimeType: "application/pdf", size: [20_000, 120_000] },
  ],
  voice: [
    { name: "voice_#.ogg", mimeType: "audio/ogg", size: [8_000, 300_000] },
    { name: "audio#.mp3", mimeType: "audio/mpeg", size: [20_000, 900_000] },
  ],
  video: [{ name: "VID_#.mp4", mimeType: "video/mp4", size: [900_000, 24_000_000] }],
  spreadsheet: [
    {
      name: "Order list #.xlsx",
      mimeType: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
      size: [9_000, 200_000],
    },
  ],
  archive: [{ name: "device-log-#.zip", mimeType: "application/zip", size: [12_000, 3_000_000] }],
};
