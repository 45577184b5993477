import { isPhpMap, type PhpMap, phpInt, phpText, phpValues } from "../../php-value.ts";
import type { User } from "../../world/records.ts";
import { type Call, type Method, PagedResult, read } from "../method.ts";
import { isoDate } from "../wire-date.ts";

const pageSize = 50;
const scopes = ["user", "user_basic", "user_brief"];

/** An employee as the user.* methods answer him: upper-case keys, id as a string, two dates lost as `{}`. */
function wireEmployee(user: User, portalUrl: string): PhpMap {
  return {
    ID: String(user.id),
    ACTIVE: user.active,
    NAME: user.firstName,
    LAST_NAME: user.lastName,
    SECOND_NAME: "",
    EMAIL: user.email,
    LAST_LOGIN: user.lastActivityAt === null ? "" : isoDate(user.lastActivityAt),
    DATE_REGISTER: isoDate(user.registeredAt),
    IS_ONLINE: user.online ? "Y" : "N",
    TIMESTAMP_X: {},
    LAST_ACTIVITY_DATE: {},
    PERSONAL_GENDER: user.gender,
    PERSONAL_BIRTHDAY: "",
    PERSONAL_PHOTO: user.avatar.startsWith("/") ? `${portalUrl}${user.avatar}` : user.avatar,
    WORK_POSITION: user.workPosition,
    UF_EMPLOYMENT_DATE: "",
    UF_DEPARTMENT: user.departments,
    USER_TYPE: user.extranet ? "extranet" : "employee",
  };
}

/** Customers and bots are never listed. */
function employees({ world }: Call): User[] {
  return [...world.users.values()]
    .filter((user) => user.kind === "staff" && user.externalAuthId !== "rest_system")
    .sort((a, b) => a.id - b.id);
}

function withSelect(call: Call, row: PhpMap): PhpMap {
  const select = (phpValues(call.params.select) ?? []).map(phpText);
  if (select.length === 0 || select.includes("*")) return row;
  return Object.fromEntries(Object.entries(row).filter(([key]) => key === "ID" || select.includes(key)));
}

function paged(call: Call, found: User[]): PagedResult {
  const descending = phpText(call.params.order).toUpperCase() === "DESC";
  const sorted = descending ? [...found].reverse() : found;
  const start = Math.max(0, phpInt(call.params.start));
  const rows = sorted
    .slice(start, start + pageSize)
    .map((user) => withSelect(call, wireEmployee(user, call.portal.url)));
  const next = start + pageSize < sorted.length ? start + pageSize : undefined;
  return new PagedResult(rows, phpInt(call.params.start) === -1 ? 0 : sorted.length, next);
}

/** The search keys, either inside FILTER or, as older clients send them, at the top level. */
function filterOf(call: Call): PhpMap {
  const { FILTER: upper, filter } = call.params;
  if (isPhpMap(upper)) return upper;
  return isPhpMap(filter) ? filter : call.params;
}

const startsWith = (text: string, wanted: string): boolean => text.toLowerCase().startsWith(wanted.toLowerCase());

function matchesSearch(call: Call, user: User, filter: PhpMap): boolean {
  const departments = user.departments.map((id) => call.world.departments.get(id) ?? "");
  const find = phpText(filter.FIND);
  if (find !== "") {
    const fields = [user.firstName, user.lastName, user.workPosition, ...departments];
    return find
      .split(/\s+/)
      .every((word) => fields.some((field) => field.split(/\s+/).some((part) => startsWith(part, word))));
  }
  const given = (key: string): string => phpText(filter[key]).replaceAll("%", "");
  return (
    startsWith(user.firstName, given("NAME")) &&
    startsWith(user.lastName, given("LAST_NAME")) &&
    startsWith(user.workPosition, given("WORK_POSITION")) &&
    (given("UF_DEPARTMENT_NAME") === "" || departments.some((name) => startsWith(name, given("UF_DEPARTMENT_NAME")))) &&
    (given("USER_TYPE") === "" || given("USER_TYPE") === (user.extranet ? "extranet" : "employee"))
  );
}

function matchesGet(user: User, row: PhpMap, filter: PhpMap): boolean {
  return Object.entries(filter).every(([name, wanted]) => {
    const key = name.replace(/^[^A-Z]+/i, "").toUpperCase();
    if (key === "ID") return (phpValues(wanted) ?? [wanted]).map(phpInt).includes(user.id);
    if (key === "ACTIVE")
      return user.active === (wanted === true || wanted === "true" || wanted === "Y" || wanted === "1");
    const value = row[key];
    if (value === undefined || !(typeof value === "string")) return true;
    return name.startsWith("%")
      ? value.toLowerCase().includes(phpText(wanted).toLowerCase())
      : value === phpText(wanted);
  });
}

export const staffMethods: readonly Method[] = [
  read("user.current", scopes, (call) => {
    const user = call.world.users.get(call.userId);
    return user ? wireEmployee(user, call.portal.url) : {};
  }),
  read("user.get", scopes, (call) => {
    const filter = filterOf(call);
    const found = employees(call).filter((user) => matchesGet(user, wireEmployee(user, call.portal.url), filter));
    return paged(call, found);
  }),
  read("user.search", scopes, (call) => {
    const filter = filterOf(call);
    return paged(
      call,
      employees(call).filter((user) => user.active && matchesSearch(call, user, filter)),
    );
  }),
];
