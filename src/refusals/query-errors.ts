import type { PortalRefusal } from "../datasources/bitrix24/errors.ts";
import type { ErrorShape } from "../server/operations/error-shaping.ts";
import { refusalClass } from "./refusal-class.ts";

/** Scope that a method needs, by the first part of its name. */
const SCOPES: Readonly<Record<string, string>> = {
  imopenlines: "imopenlines",
  im: "im",
  imbot: "imbot",
  imconnector: "imconnector",
  user: "user",
  crm: "crm",
};

function scopeOf(method: string): string | undefined {
  return SCOPES[method.split(".")[0] ?? ""];
}

/** Business codes that mean: absent or forbidden, and the portal does not tell which. */
const NOT_FOUND_OR_FORBIDDEN: ReadonlySet<string> = new Set([
  "ACCESS_ERROR",
  "ACCESS_DENIED",
  "ACCESS_DENIED_KICK",
  "CHAT_ID",
  "CHAT_ID_EMPTY",
  "CHAT_TYPE",
  "CHAT_NOT_FOUND",
  "CHAT_DELETED",
  "CONFIG_WRONG_USER_PERMISSION",
  "CRM_CHAT_EMPTY_CRM_DATA",
  "DIALOG_ID_EMPTY",
  "DIALOG_NOT_FOUND",
  "ERROR_CHAT_NOT_EXISTS",
  "ERROR_NO_ACCESS",
  "ERROR_NOT_FOUND",
  "ERROR_USER_NOT_EXISTS",
  "INVALID_SESSION_ID",
  "MESSAGE_NOT_FOUND",
  "NO_SESSION_ERROR",
  "NOT_FOUND",
  "USER_ID",
  "USER_NOT_EXISTS",
]);

/** Business codes for a parameter the portal did not accept: they end or begin like this on every documented method. */
const INPUT_CODE = /^INVALID_|_EMPTY$|^EMPTY_|^WRONG_|_INVALID$|^ERROR_ARGUMENT$|^MISSING_REQUIRED_PARAM$|^\d+$/;

/**
 * What a refusal means to a client that queries. `bitrix24.error` is the portal's own code; its free text, which is in the portal's language,
 * is not passed on here. Refusals of mutations about the object become user errors before they come here.
 */
export function shapeRefusal(refusal: PortalRefusal): ErrorShape {
  const { method, error } = refusal;
  const name = method ?? "the call";
  const shape = (code: string, message: string): ErrorShape => ({
    message,
    extensions: { code, bitrix24: { method, error } },
  });
  const kind = refusalClass(refusal);
  switch (kind) {
    case "unauthenticated":
      return shape(
        "UNAUTHENTICATED",
        `The portal does not accept the credential this request acts with (${error} on ${name}). A token may have expired, or the webhook may have been removed.`,
      );
    case "insufficient-scope": {
      const scope = scopeOf(method ?? "");
      const wanted = scope === undefined ? "a scope the credential does not have" : `the scope "${scope}"`;
      return {
        message: `${name} needs ${wanted}. Add it to the webhook or application on the portal.`,
        extensions: {
          code: "FORBIDDEN",
          ...(scope === undefined ? {} : { requiredScope: scope }),
          bitrix24: { method, error },
        },
      };
    }
    case "forbidden":
      return shape("FORBIDDEN", `The portal does not let this user call ${name} (${error}).`);
    case "plan":
      return shape("FORBIDDEN", `The portal's plan does not include REST calls (${error} on ${name}).`);
    case "wrong-auth-type":
      return shape(
        "FORBIDDEN",
        `${name} does not accept this kind of credential: some methods are for applications only.`,
      );
    case "unknown-method":
      return shape(
        "FORBIDDEN",
        `The portal does not know ${name}: its module is not installed, or the portal is older than the method.`,
      );
    case "module-missing":
      return shape("FORBIDDEN", `${name} needs a module that is not installed on the portal (${error}).`);
    case "rate-limit":
      return {
        message: `The portal's allowance for ${name} is used up (${error}).`,
        extensions: { code: "UPSTREAM_RATE_LIMITED", retryAfterMs: 1000, bitrix24: { method, error } },
      };
    case "portal-fault":
      return shape("UPSTREAM_UNAVAILABLE", `The portal failed to carry out ${name} (${error}).`);
    case "business":
      return shapeBusinessRefusal(name, error, shape);
    default:
      return kind satisfies never;
  }
}

function shapeBusinessRefusal(
  name: string,
  error: string,
  shape: (code: string, message: string) => ErrorShape,
): ErrorShape {
  if (error === "") {
    return shape(
      "NOT_FOUND_OR_FORBIDDEN",
      `The portal refused ${name} without giving a reason: usually the object is absent, or this user may not do this with it.`,
    );
  }
  const code = error.toUpperCase();
  if (NOT_FOUND_OR_FORBIDDEN.has(code)) {
    return shape(
      "NOT_FOUND_OR_FORBIDDEN",
      `There is no such object, or this user may not see it; the portal does not tell which (${error} on ${name}).`,
    );
  }
  if (INPUT_CODE.test(code)) return shape("BAD_USER_INPUT", `The portal does not accept a value of ${name}: ${error}.`);
  return shape("UPSTREAM_PROTOCOL", `The portal refused ${name} with a code that is not documented for it: ${error}.`);
}
