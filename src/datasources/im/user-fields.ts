import { column, defineRecord } from "../bitrix24/decoded-record.ts";
import {
  flag,
  id,
  isCanonicalId,
  object,
  optionalFlag,
  optionalId,
  optionalObject,
  optionalText,
  optionalUrl,
  type WireObject,
} from "../bitrix24/wire.ts";
import { keptEntries, keptRows, ornamental, ornamentalList, type Rows, readable } from "../bitrix24/wire-lists.ts";
import { optionalInstant } from "../bitrix24/wire-times.ts";
import type { Id } from "../domain/ids.ts";
import type { UserKind, UserRecord } from "../domain/user.ts";

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

/** A user of the messenger: `im.*` answers (`first_name`) and a session's history (`firstName`). What the answer does not tell is undefined. */
export function decodeUser(value: unknown, path: string): UserRecord {
  const raw = object(value, path);
  return messengerUser(id(raw.id, `${path}.id`), raw, path);
}

const portalType = column(optionalText, "type");
const externalAuthId = column(optionalText, "external_auth_id", "externalAuthId");
const isExtranet = column(optionalFlag, "extranet");
const isNetwork = column(optionalFlag, "network");
const isBot = column(optionalFlag, "bot");
const isConnector = column(optionalFlag, "connector");

const messengerUser = defineRecord<UserRecord>({
  kind: userKind,
  name: column(optionalText, "name"),
  firstName: column(optionalText, "first_name", "firstName"),
  lastName: column(optionalText, "last_name", "lastName"),
  position: column(optionalText, "work_position", "workPosition"),
  avatarUrl: (raw, path) => (raw.avatar === undefined ? undefined : pictureUrl(raw.avatar, `${path}.avatar`)),
  avatarId: column(optionalId, "avatar_id", "avatarId"),
  color: column(optionalText, "color"),
  gender: ({ gender }) => (gender === undefined ? undefined : decodeGender(gender)),
  birthday: column(optionalText, "birthday"),
  isActive: column(optionalFlag, "active"),
  isExtranet,
  isNetwork,
  isBot,
  isConnector,
  hasPhoneDevice: column(optionalFlag, "phone_device", "phoneDevice"),
  externalAuthId,
  status: column(optionalText, "status"),
  idleSince: column(optionalInstant, "idle"),
  absentUntil: column(optionalInstant, "absent"),
  lastActivityAt: column(optionalInstant, "last_activity_date", "lastActivityDate"),
  mobileLastSeenAt: column(optionalInstant, "mobile_last_date", "mobileLastDate"),
  desktopLastSeenAt: column(optionalInstant, "desktop_last_date", "desktopLastDate"),
  departmentIds: ({ departments }, path) =>
    departments === undefined ? undefined : ornamentalList(departments, `${path}.departments`, id),
  phones: ({ phones }, path) => (phones === undefined ? undefined : decodePhones(phones, `${path}.phones`)),
  profileUrl: column(optionalUrl, "profile"),
  website: column(optionalText, "website"),
  email: column(optionalText, "email"),
  portalType,
  botData: column(optionalObject, "bot_data", "botData"),
  services: ({ services }, path) => (services === undefined ? undefined : decodeServices(services, `${path}.services`)),
});

/** Tells the kind from the flags, the strongest first; UNKNOWN when the answer has none of them. */
function userKind(raw: WireObject, path: string): UserKind {
  const type = portalType(raw, path);
  if (isBot(raw, path) === true || type === "bot") return "BOT";
  const connector = isConnector(raw, path);
  if (connector === true) return "CUSTOMER";
  if (isNetwork(raw, path) === true) return "NETWORK";
  if (externalAuthId(raw, path) === "email" || type === "email") return "EMAIL";
  const extranet = isExtranet(raw, path);
  if (extranet === true) return "EXTRANET";
  return extranet === false && connector === false ? "EMPLOYEE" : "UNKNOWN";
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
    work: ornamental(optionalText, field(phones, "work_phone", "workPhone"), `${path}.work_phone`),
    mobile: ornamental(optionalText, field(phones, "personal_mobile", "personalMobile"), `${path}.personal_mobile`),
    inner: ornamental(optionalText, field(phones, "inner_phone", "innerPhone"), `${path}.inner_phone`),
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
  if (value === false || value === "") return [];
  return Array.isArray(value) ? ornamentalList(value, path, id) : readable(mutedInMap, value, path)?.value;
}

function mutedInMap(value: unknown, path: string): readonly Id[] | undefined {
  const raw = object(value, path);
  // A list whose keys have gaps comes as a map too; then the values are the ids, and no flags.
  const values = Object.values(raw);
  if (values.some(isBeyondFlags) && !values.some(isOnlyFlag)) return ornamentalList(raw, path, id);
  const flags = keptEntries(raw, path, flag);
  const muted = flags.flatMap(([key, isMuted]) => (isMuted ? (ornamental(optionalId, key, path) ?? []) : []));
  return flags.length === Object.keys(raw).length || muted.length > 0 ? muted : undefined;
}

/** An id that is no spelling of yes or no. */
function isBeyondFlags(value: unknown): boolean {
  return (Number.isSafeInteger(value) && Number(value) > 1) || (isCanonicalId(value) && value !== "1");
}

/** A yes or no that is no spelling of an id. */
function isOnlyFlag(value: unknown): boolean {
  return typeof value === "boolean" || value === "Y" || value === "N";
}
