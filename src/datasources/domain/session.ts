import type { ChatRecord } from "./chat.ts";
import type { FileRecord } from "./file.ts";
import type { Id } from "./ids.ts";
import type { MessageRecord } from "./message.ts";
import type { UserRecord } from "./user.ts";

/** Everything `session.history.get` tells: one session, whole. */
export interface SessionHistory {
  readonly sessionId: Id;
  readonly chatId: Id;
  readonly viewerCanJoin: boolean | null;
  readonly viewerCanRate: boolean | null;
  /** 1..5; null when not rated. */
  readonly supervisorRating: number | null;
  readonly supervisorComment: string | null;
  /** Oldest first. */
  readonly messages: readonly MessageRecord[];
  /** How many messages the portal gave, readable or not. */
  readonly rowCount: number;
  readonly files: readonly FileRecord[];
  readonly users: ReadonlyMap<Id, UserRecord>;
  readonly participantIds: readonly Id[];
  readonly chat: ChatRecord | null;
  /** Lines on which the caller may rate, by line id (`openlines.canvoteashead`). */
  readonly rateableLines: ReadonlyMap<Id, boolean>;
  /** Participants by department (`userInGroup`). */
  readonly departments: readonly { readonly id: Id; readonly userIds: readonly Id[] }[];
  /** Participants outside those departments (`woUserInGroup`). */
  readonly userIdsWithoutDepartment: readonly Id[];
  /** Users who switched this chat's notifications off (`userBlockChat`). */
  readonly mutedUserIds: readonly Id[];
}
