import { phpText } from "../../php-value.ts";
import { RestError } from "../../rest-error.ts";
import { type Method, read } from "../method.ts";

const allScopes = [
  "bizproc",
  "calendar",
  "crm",
  "department",
  "disk",
  "entity",
  "event",
  "im",
  "imbot",
  "imconnector",
  "imopenlines",
  "lists",
  "placement",
  "task",
  "telephony",
  "user",
  "user_basic",
  "user_brief",
];

/** Methods about the interface itself; they know the whole registry, which is handed in lazily. */
export function systemMethods(registry: () => ReadonlyMap<string, Method>): readonly Method[] {
  const isTrue = (value: unknown): boolean =>
    value === true || value === "true" || value === "Y" || value === "1" || value === 1;
  const available = (method: Method, scopes: readonly string[]): boolean =>
    method.scope.length === 0 || method.scope.some((scope) => scopes.includes(scope));
  return [
    read("profile", "", ({ world, userId }) => {
      const user = world.users.get(userId);
      return {
        ID: String(userId),
        ADMIN: user?.admin ?? false,
        NAME: user?.firstName ?? "",
        LAST_NAME: user?.lastName ?? "",
        PERSONAL_GENDER: user?.gender ?? "",
        PERSONAL_PHOTO: user?.avatar ?? "",
        TIME_ZONE: "",
        TIME_ZONE_OFFSET: 0,
      };
    }),
    read("scope", "", ({ params, credential }) => (isTrue(params.full) ? allScopes : [...credential.scopes])),
    read("methods", "", ({ params, credential }) => {
      const scope = phpText(params.scope);
      return [...registry().values()]
        .filter(
          (method) =>
            isTrue(params.full) || (scope === "" ? available(method, credential.scopes) : method.scope.includes(scope)),
        )
        .map((method) => method.name.toLowerCase());
    }),
    read("method.get", "", ({ params, credential }) => {
      const method = registry().get(phpText(params.name).toLowerCase());
      return {
        isExisting: method !== undefined,
        isAvailable: method !== undefined && available(method, credential.scopes),
      };
    }),
    read("app.info", "", ({ credential, portal }) => {
      const { application } = credential;
      if (!application) {
        throw new RestError("ACCESS_DENIED", "Access denied! Application context required", 403);
      }
      return {
        ID: 5,
        CODE: application.clientId,
        VERSION: application.version,
        STATUS: "L",
        INSTALLED: application.installed,
        PAYMENT_EXPIRED: "N",
        DAYS: null,
        LANGUAGE_ID: portal.language,
        LICENSE: `${portal.language}_ent10000`,
        LICENSE_TYPE: "ent10000",
        LICENSE_FAMILY: "ent",
      };
    }),
  ];
}
