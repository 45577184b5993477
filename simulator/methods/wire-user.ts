import { phpMap } from "../php-value.ts";
import type { User } from "../world/records.ts";
import { fullName } from "../world/state.ts";
import { isoDate } from "./wire-date.ts";

function shownStatus(user: User): string {
  return user.online || user.kind !== "staff" ? "online" : "offline";
}

/** The messenger's user object in snake_case, as `im.*` answers it. */
export function snakeUser(user: User, portalUrl: string): Record<string, unknown> {
  const avatar = user.avatar.startsWith("/") ? `${portalUrl}${user.avatar}` : user.avatar;
  return {
    id: user.id,
    active: user.active,
    name: fullName(user),
    first_name: user.firstName,
    last_name: user.lastName,
    work_position: user.workPosition,
    color: user.color,
    avatar,
    avatar_hr: avatar,
    gender: user.gender === "" ? "M" : user.gender,
    birthday: user.birthday,
    extranet: user.extranet,
    network: user.externalAuthId === "replica",
    bot: user.kind === "bot",
    connector: user.kind === "customer",
    external_auth_id: user.externalAuthId,
    status: shownStatus(user),
    idle: false,
    last_activity_date: user.lastActivityAt === null ? false : isoDate(user.lastActivityAt),
    mobile_last_date: user.phones === false || user.lastActivityAt === null ? false : isoDate(user.lastActivityAt),
    desktop_last_date: false,
    absent: false,
    departments: user.departments,
    phones: user.phones === false ? false : phpMap(user.phones),
    bot_data: user.kind === "bot" ? { code: "simulated", type: "openline", app_id: "", is_hidden: false } : null,
    type: user.kind === "bot" ? "bot" : "user",
    website: user.website,
    email: user.email,
  };
}

/** The user object of session.history.get: camelCase, ids as strings, avatars may be paths on the portal. */
export function historyUser(user: User): Record<string, unknown> {
  return {
    id: String(user.id),
    name: fullName(user),
    active: user.active,
    firstName: user.firstName,
    lastName: user.lastName,
    workPosition: user.kind === "customer" ? null : user.workPosition,
    color: user.color,
    avatar: user.avatar === "" ? "/bitrix/js/im/images/blank.gif" : user.avatar,
    avatarId: user.avatarId === null ? null : String(user.avatarId),
    birthday: user.birthday === "" ? false : user.birthday,
    gender: user.gender === "" ? "M" : user.gender,
    phoneDevice: false,
    phones: user.phones === false ? false : phpMap(user.phones),
    extranet: user.extranet,
    network: user.externalAuthId === "replica",
    bot: user.kind === "bot",
    connector: user.kind === "customer",
    profile: `/company/personal/user/${user.id}/`,
    externalAuthId: user.externalAuthId,
    status: shownStatus(user),
    idle: false,
    lastActivityDate: user.lastActivityAt === null ? false : isoDate(user.lastActivityAt),
    mobileLastDate: false,
    desktopLastDate: false,
    departments: user.departments,
    absent: false,
    type: user.kind === "bot" ? "bot" : "user",
    services: null,
    botData: user.kind === "bot" ? { code: "simulated", type: "openline", appId: "", isHidden: false } : null,
  };
}

/** The same user with the camelCase keys of newer answers. */
export function camelUser(user: User, portalUrl: string): Record<string, unknown> {
  const entries = Object.entries(snakeUser(user, portalUrl));
  return Object.fromEntries(
    entries.map(([key, value]) => [key.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase()), value]),
  );
}
