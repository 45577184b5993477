import { isPhpMap, phpInt, phpMap, phpText, phpValues } from "../../php-value.ts";
import { RestError } from "../../rest-error.ts";
import { type Method, read } from "../method.ts";
import { intParam, isPresent } from "../param-reading.ts";
import { snakeUser } from "../wire-user.ts";

const userGet = read("im.user.get", "im", ({ world, params, userId, portal }) => {
  const id = isPresent(params, "ID") ? intParam(params, "ID") : userId;
  if (id <= 0) throw new RestError("ID_EMPTY", "User ID can't be empty");
  const user = world.users.get(id);
  if (!user) throw new RestError("USER_NOT_EXISTS", "User does not exist");
  return snakeUser(user, portal.url);
});

function wrongFormat(): RestError {
  return new RestError("INVALID_FORMAT", "A wrong format for the ID field is passed");
}

/** The ids of an ID parameter: an array, or a JSON text of one. */
function readIds(value: unknown): number[] {
  const list = typeof value === "string" ? parseList(value) : phpValues(value);
  if (!list || list.length === 0) throw wrongFormat();
  return list.map(phpInt);
}

function parseList(text: string): unknown[] | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value) ? value : isPhpMap(value) ? Object.values(value) : undefined;
  } catch {
    return undefined;
  }
}

/** Unknown ids are left out. Without RESULT_TYPE=array the answer is a map by user id. */
const userListGet = read("im.user.list.get", "im", ({ world, params, portal }) => {
  const users = [...new Set(readIds(params.ID))].flatMap((id) => world.users.get(id) ?? []);
  const shown = users.map((user) => snakeUser(user, portal.url));
  if (phpText(params.RESULT_TYPE).toLowerCase() === "array") return shown;
  return phpMap(Object.fromEntries(shown.map((user) => [String(user.id), user])));
});

export const userMethods: readonly Method[] = [userGet, userListGet];
