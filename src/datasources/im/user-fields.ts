import {
  flag,
  id,
  object,
  optionalFlag,
  optionalId,
  optionalObject,
  optionalText,
  optionalUrl,
  type WireObject,
} from "../bitrix24/wire.ts";
import { keptRows, ornamental, ornamentalList, type Rows, readable } from "../bitrix24/wire-lists.ts";
import { optionalInstant } from "../bitrix24/wire-times.ts";
import type { Id } from "../domain/ids.ts";
import type { UserKind, UserRecord } from "../domain/user.ts";

type Writable<T> = { -readonly [K in keyof T]: T[K] };

/** The messenger's placeholder picture stands for "no picture". */
const BLANK_PICTURE = "/bitrix/js/im/images/blank.gif";

/** An absolute picture address, or null when there is none or it is not understood. */
export function pictureUrl(value: unknown, path: string): string | null {
  return typeof value === "string" && value.endsWith(BLANK_PICTURE) ? null : ornamentalUrl(value, path);
}

/** A field under whichever of its two spellings the method uses. */
export function field(raw: WireObject, snake: string, camel: string): unknown {
  const value = raw[snake];
  return value === undefined ? raw[camel] : value;
}

/** A user of the messenger: `im.*` answers (`first_name`) and a session's history (`firstName`). Only what the answer tells is set. */
export function decodeUser(value: unknown, path: string): UserRecord {
  const raw = object(value, path);
  const user: Writable<UserRecord> = { id: id(raw.id, `${path}.id`) };

  const name = raw.name;
  if (name !== undefined) user.name = ornamental(optionalText, name, `${path}.name`);
  const firstName = field(raw, "first_name", "firstName");
  if (firstName !== undefined) user.firstName = ornamental(optionalText, firstName, `${path}.firstName`);
  const lastName = field(raw, "last_name", "lastName");
  if (lastName !== undefined) user.lastName = ornamental(optionalText, lastName, `${path}.lastName`);
  const position = field(raw, "work_position", "workPosition");
  if (position !== undefined) user.position = ornamental(optionalText, position, path);
  if (raw.avatar !== undefined) user.avatarUrl = pictureUrl(raw.avatar, path);
  const avatarId = field(raw, "avatar_id", "avatarId");
  if (avatarId !== undefined) user.avatarId = ornamental(optionalId, avatarId, path);
  if (raw.color !== undefined) user.color = ornamental(optionalText, raw.color, path);
  if (raw.gender !== undefined) user.gender = decodeGender(raw.gender);
  if (raw.birthday !== undefined) user.birthday = ornamental(optionalText, raw.birthday, path);

  if (raw.active !== undefined) user.isActive = ornamental(optionalFlag, raw.active, `${path}.active`);
  if (raw.extranet !== undefined) user.isExtranet = ornamental(optionalFlag, raw.extranet, `${path}.extranet`);
  if (raw.network !== undefined) user.isNetwork = ornamental(optionalFlag, raw.network, `${path}.network`);
  if (raw.bot !== undefined) user.isBot = ornamental(optionalFlag, raw.bot, `${path}.bot`);
  if (raw.connector !== undefined) user.isConnector = ornamental(optionalFlag, raw.connector, `${path}.connector`);
  const phoneDevice = field(raw, "phone_device", "phoneDevice");
  if (phoneDevice !== undefined) user.hasPhoneDevice = ornamental(optionalFlag, phoneDevice, path);
  const externalAuthId = field(raw, "external_auth_id", "externalAuthId");
  if (externalAuthId !== undefined) user.externalAuthId = ornamental(optionalText, externalAuthId, path);
  if (raw.type !== undefined) user.portalType = ornamental(optionalText, raw.type, path);

  if (raw.status !== undefined) user.status = ornamental(optionalText, raw.status, path);
  if (raw.idle !== undefined) user.idleSince = ornamental(optionalInstant, raw.idle, path);
  if (raw.absent !== undefined) user.absentUntil = ornamental(optionalInstant, raw.absent, path);
  const lastActivity = field(raw, "last_activity_date", "lastActivityDate");
  if (lastActivity !== undefined) user.lastActivityAt = ornamental(optionalInstant, lastActivity, path);
  const mobileLast = field(raw, "mobile_last_date", "mobileLastDate");
  if (mobileLast !== undefined) user.mobileLastSeenAt = ornamental(optionalInstant, mobileLast, path);
  const desktopLast = field(raw, "desktop_last_date", "desktopLastDate");
  if (desktopLast !== undefined) user.desktopLastSeenAt = ornamental(optionalInstant, desktopLast, path);

  if (raw.departments !== undefined) user.departmentIds = ornamentalList(raw.departments, `${path}.departments`, id);
  if (raw.phones !== undefined) user.phones = decodePhones(raw.phones, path);
  if (raw.profile !== undefined) user.profileUrl = ornamentalUrl(raw.profile, path);
  if (raw.website !== undefined) user.website = ornamental(optionalText, raw.website, path);
  if (raw.email !== undefined) user.email = ornamental(optionalText, raw.email, path);
  const botData = field(raw, "bot_data", "botData");
  if (botData !== undefined) user.botData = ornamental(optionalObject, botData, path);
  if (raw.services !== undefined) user.services = decodeServices(raw.services, `${path}.services`);

  user.kind = userKind(user);
  return user;
}

/** Tells the kind from the flags, the strongest first; UNKNOWN when the answer has none of them. */
function userKind(user: Omit<UserRecord, "id">): UserKind {
  if (user.isBot === true || user.portalType === "bot") return "BOT";
  if (user.isConnector === true) return "CUSTOMER";
  if (user.isNetwork === true) return "NETWORK";
  if (user.externalAuthId === "email" || user.portalType === "email") return "EMAIL";
  if (user.isExtranet === true) return "EXTRANET";
  return user.isExtranet === false && user.isConnector === false ? "EMPLOYEE" : "UNKNOWN";
}

export function decodeGender(value: unknown): "MALE" | "FEMALE" | "UNKNOWN" | null {
  switch (value) {
    case "M":
      return "MALE";
    case "F":
      return "FEMALE";
    case "":
    case null:
    case undefined:
    case false:
      return null;
    default:
      return "UNKNOWN";
  }
}

type Phones = NonNullable<UserRecord["phones"]>;

/** null when there is no number at all. */
export function phonesOrNone(numbers: Phones): Phones | null {
  return numbers.work === null && numbers.mobile === null && numbers.inner === null ? null : numbers;
}

function decodePhones(value: unknown, path: string): Phones | null {
  const phones = ornamental(optionalObject, value, path);
  if (phones === null) return null;
  return phonesOrNone({
    work: ornamental(optionalText, field(phones, "work_phone", "workPhone"), path),
    mobile: ornamental(optionalText, field(phones, "personal_mobile", "personalMobile"), path),
    inner: ornamental(optionalText, field(phones, "inner_phone", "innerPhone"), path),
  });
}

export function ornamentalUrl(value: unknown, path: string): string | null {
  return ornamental(optionalUrl, value, path);
}

function decodeServices(value: unknown, path: string): WireObject | readonly unknown[] | null {
  if (Array.isArray(value)) return value;
  return ornamental(optionalObject, value, path);
}

/** Users as a list or as a map by id. Places of unknown users (`null`, `false`) and the system's id 0 are left out. */
export function decodeUsers(value: unknown, path: string): Rows<UserRecord> {
  return keptRows(value, path, (entry, at) => {
    const raw = optionalObject(entry, at);
    return raw === null || raw.id === 0 || raw.id === "0" ? null : decodeUser(raw, at);
  });
}

/** Users that come beside what an answer is about, which they must not cost. */
export function usersBeside(value: unknown, path: string): readonly UserRecord[] {
  return readable(decodeUsers, value, path)?.value.items ?? [];
}

/**
 * Ids of users who muted a chat: a list of ids, or a map from user id to a flag. Undefined where something is not understood and nobody else is
 * told: that is not to say that nobody did.
 */
export function decodeMutedUsers(value: unknown, path: string): readonly Id[] | undefined {
  return Array.isArray(value) ? ornamentalList(value, path, id) : readable(mutedInMap, value, path)?.value;
}

function mutedInMap(value: unknown, path: string): readonly Id[] | undefined {
  const muted: Id[] = [];
  let isWhole = true;
  for (const [key, entry] of Object.entries(object(value, path))) {
    const at = `${path}.${key}`;
    // A list whose keys have gaps comes as a map too; then the value is the id.
    const who = typeof entry === "number" && entry > 0 ? entry : readable(flag, entry, at);
    const found = typeof who === "number" ? who : who?.value === true ? key : undefined;
    const userId = found === undefined ? null : ornamental(optionalId, found, at);
    if (userId !== null) muted.push(userId);
    if (who === undefined) isWhole = false;
  }
  return isWhole || muted.length > 0 ? muted : undefined;
}
