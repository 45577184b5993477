import { describe, expect, test } from "vitest";
import { PortalRefusal } from "../../src/datasources/bitrix24/errors.ts";
import { missingReasonOf } from "../../src/refusals/missing-reason.ts";
import { queryErrorOf } from "../../src/refusals/query-error.ts";

const LIST = "imopenlines.v2.Session.list";

describe("what a portal or a credential lacks for a method", () => {
  test.each([
    [LIST, "TARIFF_RESTRICTION", 400, "PLAN", "plan has no Open Channels reports"],
    [LIST, "ERROR_METHOD_NOT_FOUND", 404, "MODULE", "older than the method"],
    [LIST, "22002", 400, "MODULE", "older than the method"],
    [LIST, "insufficient_scope", 403, "SCOPE", 'needs the scope "imopenlines"'],
    [LIST, "allowed_only_intranet_user", 400, "RIGHT", "Only employees"],
    [LIST, "ACCESS_DENIED", 400, "RIGHT", "no access to the Open Channels reports"],
    ["imopenlines.v2.Stat.get", "ACCESS_DENIED", undefined, "RIGHT", "an administrator grants it"],
    [LIST, "INVALID_CREDENTIALS", 403, "RIGHT", "no access to the Open Channels reports"],
  ])("%s refused with %s (%s) is %s, and says what to do", (method, code, status, reason, sentence) => {
    const refusal = new PortalRefusal(method, code, "", status);
    expect(missingReasonOf(refusal)).toBe(reason);
    const { message, extensions } = queryErrorOf(refusal);
    expect(extensions).toMatchObject({ code: "FORBIDDEN", reason, bitrix24: { method, error: code } });
    expect(message).toContain(sentence);
  });

  test("a credential that is not let in lacks no right to reports", () => {
    expect(missingReasonOf(new PortalRefusal(LIST, "INVALID_CREDENTIALS", "", 401))).toBeUndefined();
    expect(missingReasonOf(new PortalRefusal(LIST, "INVALID_CREDENTIALS", "", 403, "request"))).toBeUndefined();
  });

  test.each([
    ["imopenlines.dialog.get", "ACCESS_DENIED"],
    ["imopenlines.config.list.get", "100"],
    [LIST, "INVALID_FILTER"],
    [LIST, "PERIOD_TOO_LARGE"],
  ])("%s refused with %s lacks nothing", (method, code) => {
    const refusal = new PortalRefusal(method, code, "", 400);
    expect(missingReasonOf(refusal)).toBeUndefined();
    expect(queryErrorOf(refusal).extensions).not.toHaveProperty("reason");
  });
});
