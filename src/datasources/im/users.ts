import type { Call } from "../bitrix24/calls.ts";
import { id, object, optionalFlag, optionalText, WireError, type WireObject } from "../bitrix24/wire.ts";
import { keptRows, ornamental, ornamentalList, type Rows } from "../bitrix24/wire-lists.ts";
import { optionalInstant } from "../bitrix24/wire-times.ts";
import type { Id } from "../domain/ids.ts";
import type { UserKind, UserRecord } from "../domain/user.ts";
import { idParam } from "../rest-params.ts";
import { decodeGender, decodeUsers, phonesOrNone, pictureUrl } from "./user-fields.ts";

/** Users by id, customers and bots too (`im.user.list.get`). Ids that do not exist are absent from the answer. */
export function userListGet(ids: readonly Id[]): Call<readonly UserRecord[]> {
  return {
    method: "im.user.list.get",
    params: { ID: ids.map(idParam), RESULT_TYPE: "array" },
    decode: decodeMessengerUsers,
  };
}

function decodeMessengerUsers(result: unknown): readonly UserRecord[] {
  return decodeUsers(result, "").items;
}

export interface UserSearch {
  /** Looked for in first name, last name, position and department. */
  readonly text?: string | undefined;
  /** Rows to skip; the portal's pages hold 50. */
  readonly start?: number | undefined;
}

/**
 * Employees by name, position or department, 50 at a time (`user.search`, scope `user`, `user_basic` or `user_brief`). Never customers or
 * bots; people who have left the company may be among them (`isActive`).
 */
export function userSearch(search: UserSearch): Call<Rows<UserRecord>> {
  // The portal takes either FIND or field filters, never both.
  const filter = search.text === undefined || search.text === "" ? { USER_TYPE: "employee" } : { FIND: search.text };
  return {
    method: "user.search",
    params: { FILTER: filter, sort: "ID", order: "ASC", start: search.start },
    decode: decodeDirectory,
  };
}

function decodeDirectory(result: unknown): Rows<UserRecord> {
  return keptRows(result, "", (entry, path) => decodeDirectoryUser(object(entry, path), path));
}

type Writable<T> = { -readonly [K in keyof T]: T[K] };

/** A user of the company directory. Which fields come depends on the granted scope. */
function decodeDirectoryUser(raw: WireObject, path: string): UserRecord {
  const user: Writable<UserRecord> = { id: id(raw.ID, `${path}.ID`) };
  if (raw.NAME !== undefined) user.firstName = ornamental(optionalText, raw.NAME, `${path}.NAME`);
  if (raw.LAST_NAME !== undefined) user.lastName = ornamental(optionalText, raw.LAST_NAME, `${path}.LAST_NAME`);
  if (user.firstName !== undefined || user.lastName !== undefined) user.name = fullName(user);
  if (raw.ACTIVE !== undefined) user.isActive = ornamental(optionalFlag, raw.ACTIVE, `${path}.ACTIVE`);
  if (raw.WORK_POSITION !== undefined) user.position = ornamental(optionalText, raw.WORK_POSITION, path);
  if (raw.EMAIL !== undefined) user.email = ornamental(optionalText, raw.EMAIL, path);
  if (raw.PERSONAL_WWW !== undefined) user.website = ornamental(optionalText, raw.PERSONAL_WWW, path);
  if (raw.PERSONAL_PHOTO !== undefined) user.avatarUrl = pictureUrl(raw.PERSONAL_PHOTO, path);
  if (raw.PERSONAL_GENDER !== undefined) user.gender = decodeGender(raw.PERSONAL_GENDER);
  if (raw.PERSONAL_BIRTHDAY !== undefined) user.birthday = ornamental(dayAndMonth, raw.PERSONAL_BIRTHDAY, path);
  // Arrives as `{}` or without an offset from some portals: a time that was lost on the way, which the messenger still knows.
  const lastActivityAt = ornamental(optionalInstant, raw.LAST_ACTIVITY_DATE, `${path}.LAST_ACTIVITY_DATE`);
  if (lastActivityAt !== null || raw.LAST_ACTIVITY_DATE === "") user.lastActivityAt = lastActivityAt;
  if (raw.UF_DEPARTMENT !== undefined) user.departmentIds = departmentIds(raw.UF_DEPARTMENT, path);
  if (raw.WORK_PHONE !== undefined || raw.PERSONAL_MOBILE !== undefined || raw.UF_PHONE_INNER !== undefined)
    user.phones = phonesOrNone({
      work: ornamental(optionalText, raw.WORK_PHONE, path),
      mobile: ornamental(optionalText, raw.PERSONAL_MOBILE, path),
      inner: ornamental(optionalText, raw.UF_PHONE_INNER, path),
    });
  user.kind = directoryKind(raw.USER_TYPE);
  if (user.kind === "EMPLOYEE" || user.kind === "EXTRANET") user.isExtranet = user.kind === "EXTRANET";
  return user;
}

function fullName(user: UserRecord): string | null {
  const parts = [user.firstName, user.lastName].filter((part) => part !== undefined && part !== null);
  return parts.length === 0 ? null : parts.join(" ");
}

/** `1990-07-14T…` as the messenger spells birthdays, `14-07`. */
function dayAndMonth(value: unknown, path: string): string | null {
  const told = optionalText(value, path);
  if (told === null) return null;
  const match = /^\d{4}-(\d{2})-(\d{2})/.exec(told);
  if (match === null) throw new WireError(path, "a date", value);
  return `${match[2]}-${match[1]}`;
}

function departmentIds(value: unknown, path: string): Id[] {
  return ornamentalList(value, `${path}.UF_DEPARTMENT`, id);
}

function directoryKind(value: unknown): UserKind {
  switch (value) {
    case "employee":
      return "EMPLOYEE";
    case "extranet":
      return "EXTRANET";
    case "email":
      return "EMAIL";
    default:
      return "UNKNOWN";
  }
}
