import type { Call } from "../bitrix24/calls.ts";
import { id } from "../bitrix24/wire.ts";
import { kept, type Rows } from "../bitrix24/wire-lists.ts";
import type { Id } from "../domain/ids.ts";
import type { UserRecord } from "../domain/user.ts";
import { dialogIdParam, flagParam, idParam } from "../rest-params.ts";
import { decodeUsers } from "./user-fields.ts";

export interface DialogUsersQuery {
  readonly chatId: Id;
  /** At most 200. */
  readonly limit: number;
  readonly offset?: number | undefined;
  /** Leave out customers, bots and mail users. */
  readonly employeesOnly?: boolean | undefined;
}

/** Participants of a chat with their records (`im.dialog.users.list`). Refusal: `ACCESS_ERROR` for a chat the caller is not in. */
export function dialogUsersList(query: DialogUsersQuery): Call<Rows<UserRecord>> {
  return {
    method: "im.dialog.users.list",
    params: {
      DIALOG_ID: dialogIdParam(query.chatId),
      LIMIT: query.limit,
      OFFSET: query.offset,
      SKIP_EXTERNAL: query.employeesOnly === undefined ? undefined : flagParam(query.employeesOnly),
    },
    decode: decodeMembers,
  };
}

function decodeMembers(result: unknown): Rows<UserRecord> {
  return decodeUsers(result, "");
}

/** Ids of a chat's participants (`im.chat.user.list`); empty when the caller may not see them. */
export function chatUserList(chatId: Id): Call<Id[]> {
  return { method: "im.chat.user.list", params: { CHAT_ID: idParam(chatId) }, decode: decodeIds };
}

function decodeIds(result: unknown): Id[] {
  return kept(result, "", id);
}
