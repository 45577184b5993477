import { isObjectType } from "graphql";
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

/** What a portal may refuse a method with, as user errors: what is documented, and what the table knows of the method beside that. */
function userErrorsOf(method: string): Set<string> {
  const codes = [
    ...(documented.get(method)?.errors ?? []).map(({ code, httpStatus }) => ({ code, status: httpStatus ?? 400 })),
    ...ownCodesOf(method).map((code) => ({ code, status: 400 })),
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

  test("is compared for all of them", () => {
    expect(mutations.length).toBeGreaterThan(35);
    // An address for an upload is the gateway's own: no method is called for it.
    expect(mutations.flatMap(({ name, method }) => (method === "" ? [name] : []))).toEqual(["fileUploadStart"]);
    expect(isObjectType(buildSchema().getMutationType())).toBe(true);
  });
});
