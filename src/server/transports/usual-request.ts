import type { FastifyRequest } from "fastify";
import type { Variables } from "../operations/variable-limits.ts";

/** An operation that was sent as nearly all clients send it. */
export interface UsualRequest {
  readonly source: string;
  readonly operationName: string | undefined;
  readonly variables: Variables | undefined;
  /** Of its answer. */
  readonly answerType: string;
}

const REQUEST_TYPES: ReadonlySet<string | undefined> = new Set([
  "application/json",
  "application/json; charset=utf-8",
  "application/json;charset=utf-8",
  "application/json;charset=UTF-8",
]);

const JSON_TYPE = "application/json; charset=utf-8";
const GRAPHQL_TYPE = "application/graphql-response+json; charset=utf-8";

/** By the header `Accept` of browsers and of the common clients. */
const ANSWER_TYPES: ReadonlyMap<string | undefined, string> = new Map([
  [undefined, JSON_TYPE],
  ["*/*", JSON_TYPE],
  ["application/json", JSON_TYPE],
  ["application/json, text/plain, */*", JSON_TYPE],
  ["application/json, */*", JSON_TYPE],
  ["application/graphql-response+json", GRAPHQL_TYPE],
  ["application/graphql-response+json, application/json", GRAPHQL_TYPE],
  ["application/graphql-response+json,application/json;q=0.9", GRAPHQL_TYPE],
]);

/**
 * Reads a request about which there is nothing to decide: a POST of JSON with a document, and an answer in one of the two types. It goes to the
 * door at once; whatever else there is (GET, persisted queries, other types, a body that is none) is Apollo's, which decides the same about this
 * one and takes longer than the whole of a small operation. Undefined for those.
 */
export function usualRequest({ method, headers, body }: FastifyRequest): UsualRequest | undefined {
  if (method !== "POST" || !REQUEST_TYPES.has(headers["content-type"])) return undefined;
  const answerType = ANSWER_TYPES.get(headers.accept);
  if (answerType === undefined || !isObject(body)) return undefined;
  const { query, operationName = null, variables = null, extensions = null } = body;
  if (typeof query !== "string" || query === "" || extensions !== null) return undefined;
  if (operationName !== null && typeof operationName !== "string") return undefined;
  if (variables !== null && !isObject(variables)) return undefined;
  return { source: query, operationName: operationName ?? undefined, variables: variables ?? undefined, answerType };
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
