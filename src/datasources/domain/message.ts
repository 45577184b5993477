import type { FileRecord } from "./file.ts";
import type { Id } from "./ids.ts";

export interface AttachmentRecord {
  readonly id: string | null;
  readonly description: string | null;
  readonly color: string | null;
  /** As sent (link, grid, message, image, file, delimiter, …): read where they are asked for. */
  readonly rawBlocks: readonly Readonly<Record<string, unknown>>[];
}

/** A stored message of the portal. Times are instants; text is BBCode. */
export interface MessageRecord {
  readonly id: Id;
  readonly chatId: Id;
  /** null for system messages. */
  readonly authorId: Id | null;
  readonly isSystem: boolean;
  readonly sentAt: Date;
  readonly text: string;
  /** Files of this message in the order of its parameters; a file the answer did not describe is left out. */
  readonly files: readonly FileRecord[];
  readonly attachments: readonly AttachmentRecord[];
  /** Ids in the channel (`CONNECTOR_MID`). */
  readonly externalIds: readonly string[];
  /** All message parameters with keys as UPPER_SNAKE (`CONNECTOR_MID`), whatever method delivered them; null when there are none. */
  readonly params: Readonly<Record<string, unknown>> | null;
}
