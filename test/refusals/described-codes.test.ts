import { isEnumType, isObjectType } from "graphql";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { PortalRefusal } from "../../src/datasources/bitrix24/errors.ts";
import { meaningOf, ownCodesOf } from "../../src/refusals/refusal-table.ts";
import { buildSchema } from "../../src/resolvers/build-schema.ts";
import { UserErrorCode } from "../../src/schema/mutation-payload.ts";
import { restMethods } from "../../src/server/operations/cost/reads.ts";
import methodsFixture from "../fixtures/methods.json" with { type: "json" };

const documented = new Map(
  z
    .array(
      z.object({
        name: z.string(),
        kind: z.enum(["read", "write"]),
        errors: z.array(z.object({ code: z.string(), httpStatus: z.number().nullable() })),
      }),
    )
    .parse(methodsFixture)
    .map((method) => [method.name, method]),
);

/** What portals are known to refuse methods with beside that. */
const LOOKED_AT = ["CHAT_ID", "CHAT_TYPE", "ACCESS_DENIED", "USER_ID", "ERROR_CHAT_NOT_EXISTS"];
const NOT_LOADED = ["NOT_LOAD_SESSION_OR_CHAT", "IMOL_CHAT_ERROR_NOT_LOAD_DATA"];
const UNDOCUMENTED: Readonly<Record<string, readonly string[]>> = {
  "imopenlines.operator.answer": [...LOOKED_AT, "ANSWER_ALREADY_TAKEN"],
  "imopenlines.operator.skip": [...LOOKED_AT, "ACCESS_DENIED_KICK", "USER_NOT_FOUND"],
  "imopenlines.operator.spam": LOOKED_AT,
  "imopenlines.operator.finish": [...LOOKED_AT, ...NOT_LOADED, "ERROR_USER_NOT_OPERATOR"],
  "imopenlines.operator.another.finish": [...LOOKED_AT, ...NOT_LOADED],
  "imopenlines.operator.transfer": ["CHAT_ID_EMPTY", "OPERATOR_WRONG"],
  "imopenlines.session.intercept": ["CHAT_ID_EMPTY", "OPERATOR_WRONG"],
  "imopenlines.session.join": LOOKED_AT,
  "imopenlines.session.start": LOOKED_AT,
  "imopenlines.session.mode.silent": LOOKED_AT,
  "imopenlines.session.mode.pin": ["CHAT_ID_EMPTY", ...LOOKED_AT],
  "imopenlines.message.session.start": LOOKED_AT,
  "imopenlines.message.quick.save": [...LOOKED_AT, "CANT_SAVE_QUICK_ANSWER"],
  "imopenlines.crm.lead.create": [
    ...LOOKED_AT,
    "ERROR_USER_NOT_OPERATOR",
    "IMOL_CHAT_ERROR_NOT_LOAD_CRM",
    "IMOL_CHAT_ERROR_NOT_LOAD_CHAT",
    "IMOL_CHAT_ERROR_ANSWER_NOT_LOAD_SESSION",
    "IMOL_CHAT_ERROR_NOT_LOAD_DATA",
  ],
  "imopenlines.crm.message.add": ["MESSAGE_ADD_ERROR", "CANCELED", "ERROR_NO_ACCESS", "ERROR_FROM_OTHER_MODULE"],
  "imopenlines.crm.chat.user.add": ["WRONG_REQUEST", "CRM_CHAT_USER_NOT_ACTIVE", "IM_ERROR_KICK"],
  "imopenlines.crm.chat.user.delete": ["WRONG_REQUEST", "CHAT_DELETE_USER_PERMISSION_DENIED", "USER_NOT_FOUND"],
  "imopenlines.network.message.add": ["ATTACH_OVERSIZE", "KEYBOARD_ERROR", "WRONG_REQUEST"],
  "im.message.add": ["REPLY_ACCESS_ERROR", "ACCESS_ERROR", "MESSAGE_EMPTY", "CHAT_NOT_FOUND"],
  "im.message.update": ["CANT_EDIT_MESSAGE", "MESSAGE_ID_ERROR"],
  "im.chat.leave": ["LEAVE_OWNER_FORBIDDEN", "EMPTY_USER_OR_CHAT", "CHAT_ID_EMPTY"],
};

/** What a portal may refuse a method with, as user errors: what is documented, and what is known of the method beside that. */
function userErrorsOf(method: string): Set<string> {
  const codes = [
    ...(documented.get(method)?.errors ?? []).map(({ code, httpStatus }) => ({ code, status: httpStatus ?? 400 })),
    ...[...ownCodesOf(method), ...(UNDOCUMENTED[method] ?? [])].map((code) => ({ code, status: 400 })),
  ];
  return new Set(
    codes.flatMap(({ code, status }) => {
      const meaning = meaningOf(new PortalRefusal(method, code, "Access denied!", status));
      return meaning.kind === "business" ? [meaning.user] : [];
    }),
  );
}

const mutations = Object.values(buildSchema().getMutationType()?.getFields() ?? {}).map((field) => {
  const text = field.description ?? "";
  const told = /User errors: (.*?)(?:\. (?:Needs|Costs|`|[A-Z])|\.$)/s.exec(text)?.[1] ?? "";
  return {
    name: field.name,
    told: new Set(
      [...told.matchAll(/`([A-Z_]+)`/g)].map(([, code]) => code ?? "").filter((code) => code in UserErrorCode),
    ),
    // The first is the one that acts; those behind it only read.
    method: restMethods(field)[0] ?? "",
  };
});

describe("each mutation's description", () => {
  test.each(mutations)("of $name lists every code that $method can give", ({ told, method }) => {
    expect([...userErrorsOf(method)].filter((code) => !told.has(code))).toEqual([]);
  });

  test("need not list what any mutation may give, which its code says", () => {
    const codes = buildSchema().getType("UserErrorCode");
    if (!isEnumType(codes)) throw new Error("no codes");
    for (const code of ["REFUSED", "NOT_DONE"]) expect(codes.getValue(code)?.description).toContain("Any mutation");
  });

  test("is compared for all of them", () => {
    expect(Object.keys(UNDOCUMENTED).filter((method) => !mutations.some((each) => each.method === method))).toEqual([]);
    expect(mutations.length).toBeGreaterThan(35);
    // An address for an upload is the gateway's own: no method is called for it.
    expect(mutations.flatMap(({ name, method }) => (method === "" ? [name] : []))).toEqual(["fileUploadStart"]);
    expect(isObjectType(buildSchema().getMutationType())).toBe(true);
  });
});
