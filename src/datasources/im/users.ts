import type { Call } from "../bitrix24/calls.ts";
import { column, defineRecord } from "../bitrix24/decoded-record.ts";
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

/** A user of the company directory. Which fields come depends on the granted scope. */
function decodeDirectoryUser(raw: WireObject, path: string): UserRecord {
  return directoryUser(id(raw.ID, `${path}.ID`), raw, path);
}

const firstName = column(optionalText, "NAME");
const lastName = column(optionalText, "LAST_NAME");

function untold(): undefined {
  return undefined;
}

const directoryUser = defineRecord<UserRecord>({
  kind: ({ USER_TYPE }) => directoryKind(USER_TYPE),
  name: (raw, path) => fullName(firstName(raw, path), lastName(raw, path)),
  firstName,
  lastName,
  position: column(optionalText, "WORK_POSITION"),
  avatarUrl: ({ PERSONAL_PHOTO: photo }, path) =>
    photo === undefined ? undefined : pictureUrl(photo, `${path}.PERSONAL_PHOTO`),
  gender: ({ PERSONAL_GENDER: gender }) => (gender === undefined ? undefined : decodeGender(gender)),
  birthday: column(dayAndMonth, "PERSONAL_BIRTHDAY"),
  isActive: column(optionalFlag, "ACTIVE"),
  isExtranet: ({ USER_TYPE }) => {
    const kind = directoryKind(USER_TYPE);
    return kind === "EMPLOYEE" || kind === "EXTRANET" ? kind === "EXTRANET" : undefined;
  },
  // Arrives as `{}` or without an offset from some portals: a time that was lost on the way, which the messenger still knows.
  lastActivityAt: ({ LAST_ACTIVITY_DATE: told }, path) =>
    ornamental(optionalInstant, told, `${path}.LAST_ACTIVITY_DATE`) ?? (told === "" ? null : undefined),
  departmentIds: ({ UF_DEPARTMENT: ids }, path) =>
    ids === undefined ? undefined : ornamentalList(ids, `${path}.UF_DEPARTMENT`, id),
  phones: (raw, path) =>
    raw.WORK_PHONE === undefined && raw.PERSONAL_MOBILE === undefined && raw.UF_PHONE_INNER === undefined
      ? undefined
      : phonesOrNone({
          work: ornamental(optionalText, raw.WORK_PHONE, `${path}.WORK_PHONE`),
          mobile: ornamental(optionalText, raw.PERSONAL_MOBILE, `${path}.PERSONAL_MOBILE`),
          inner: ornamental(optionalText, raw.UF_PHONE_INNER, `${path}.UF_PHONE_INNER`),
        }),
  website: column(optionalText, "PERSONAL_WWW"),
  email: column(optionalText, "EMAIL"),
  avatarId: untold,
  color: untold,
  isNetwork: untold,
  isBot: untold,
  isConnector: untold,
  hasPhoneDevice: untold,
  externalAuthId: untold,
  status: untold,
  idleSince: untold,
  absentUntil: untold,
  mobileLastSeenAt: untold,
  desktopLastSeenAt: untold,
  profileUrl: untold,
  portalType: untold,
  botData: untold,
  services: untold,
});

function fullName(first: string | null | undefined, last: string | null | undefined): string | null | undefined {
  if (first === undefined && last === undefined) return undefined;
  const parts = [first, last].filter((part) => part !== undefined && part !== null);
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
