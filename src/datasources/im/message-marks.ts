import { isCanonicalId } from "../bitrix24/wire.ts";
import type { Id } from "../domain/ids.ts";

/** What a message's parameters tell of it beside its text. */
export interface MessageMarks {
  readonly isEdited: boolean;
  readonly isDeleted: boolean;
  /** Written for colleagues alone; null where the portal does not mark it. */
  readonly isHidden: true | null;
  /** The message that it answers. */
  readonly replyToId: Id | null;
  /** Who likes it. */
  readonly likedBy: readonly Id[];
}

type Params = Readonly<Record<string, unknown>> | null;

const NO_MARKS: MessageMarks = { isEdited: false, isDeleted: false, isHidden: null, replyToId: null, likedBy: [] };

/** By a message's parameters under their upper-case names. What is odd counts as not told. */
export function messageMarks(params: Params): MessageMarks {
  if (params === null) return NO_MARKS;
  return {
    isEdited: isSet(params.IS_EDITED),
    isDeleted: isSet(params.IS_DELETED),
    isHidden: isSet(params.SKIP_CONNECTOR) ? true : null,
    replyToId: idIn(params.REPLY_ID),
    likedBy: idsIn(params.LIKE),
  };
}

function isSet(value: unknown): boolean {
  return value === "Y" || value === true || value === 1 || value === "1";
}

function idIn(value: unknown): Id | null {
  const text = typeof value === "number" ? String(value) : value;
  return isCanonicalId(text) ? text : null;
}

/** PHP sends a map in place of a list when its keys have gaps. */
function idsIn(value: unknown): Id[] {
  if (typeof value !== "object" || value === null) return [];
  return [...new Set(Object.values(value).flatMap((entry) => idIn(entry) ?? []))];
}
