import { createHash } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import {
  type ExecutionResult,
  execute,
  type GraphQLError,
  type GraphQLFieldResolver,
  type GraphQLResolveInfo,
  type GraphQLSchema,
  isObjectType,
  responsePathAsArray,
} from "graphql";
import type { Logger } from "pino";
import { guard } from "../../../process/guard.ts";
import { jsonText } from "../../../subscriptions/live/json-pieces.ts";
import { errorsInAnswer, placeInAnswer } from "../error-order.ts";
import type { PreparedOperation } from "../prepare.ts";
import type { Variables } from "../variable-limits.ts";
import type { WrittenResult } from "./compiled-queries.ts";
import type { Path, Witness } from "./writing.ts";

/** Has graphql-js answer some of the queries once more, from what their fields were answered from, to see whether it answers the same. */
export interface ComparedQueries {
  /** Sees this query, if it is one that is compared. */
  next(operation: PreparedOperation): Recording | undefined;
  /** Compares in a later turn, when the answer is on its way; nobody waits for it. */
  compare(recording: Recording, query: ComparedQuery): void;
  counts(): { readonly compared: number; readonly differing: number };
}

export interface ComparedQuery {
  readonly operation: PreparedOperation;
  readonly variables: Variables | null | undefined;
  readonly written: WrittenResult;
}

export interface ComparedQueriesOptions {
  readonly schema: GraphQLSchema;
  /** One in so many is compared. */
  readonly every: number;
  readonly log: Pick<Logger, "warn">;
}

type Resolver = GraphQLFieldResolver<unknown, unknown>;

export function createComparedQueries({ schema, every, log }: ComparedQueriesOptions): ComparedQueries {
  let queries = 0;
  let compared = 0;
  let differing = 0;
  answerFromRecordings(schema);

  async function compareNow(recording: Recording, { operation, variables, written }: ComparedQuery): Promise<void> {
    const expected = await execute({
      schema,
      document: operation.document,
      operationName: operation.node.name?.value ?? null,
      variableValues: variables ?? null,
      contextValue: recording,
      fieldResolver: (_source, args, _context, info) => recording.answer(args, info),
    });
    compared += 1;
    const path = recording.otherwiseAsked ?? differenceOf(written, expected);
    if (path === undefined) return;
    differing += 1;
    const source = operation.document.loc?.source.body ?? "";
    const document = createHash("sha256").update(source).digest("hex");
    log.warn({ document, path }, "A query was answered otherwise than graphql-js answers it");
  }

  return {
    next({ kind }) {
      if (kind !== "query") return undefined;
      queries += 1;
      return queries % every === 0 ? new Recording() : undefined;
    },
    compare(recording, query) {
      setImmediate(guard("the comparison of a query", () => compareNow(recording, query)));
    },
    counts: () => ({ compared, differing }),
  };
}

/** What each field of a query was answered from. The second executor asks it in place of the portal. */
export class Recording implements Witness {
  readonly #answers = new Map<string, { readonly args: unknown; readonly tell: () => unknown }>();
  /** Where the second executor asked for what the first had not, or with other arguments. */
  otherwiseAsked: string | undefined;

  saw(path: NonNullable<Path>, args: unknown, value: unknown): void {
    this.#answers.set(nameOf(path), { args, tell: () => value });
  }

  sawThrown(path: NonNullable<Path>, args: unknown, error: unknown): void {
    const tell = (): never => {
      throw error;
    };
    this.#answers.set(nameOf(path), { args, tell });
  }

  answer(args: unknown, { path }: GraphQLResolveInfo): unknown {
    const name = nameOf(path);
    const found = this.#answers.get(name);
    if (found === undefined || !isDeepStrictEqual(found.args, args)) this.otherwiseAsked ??= name;
    return found?.tell();
  }
}

function nameOf(path: NonNullable<Path>): string {
  return responsePathAsArray(path).join(".");
}

/** Schemas whose fields do so already. */
const answering = new WeakSet<GraphQLSchema>();

function answerFromRecordings(schema: GraphQLSchema): void {
  if (answering.has(schema)) return;
  answering.add(schema);
  for (const [name, type] of Object.entries(schema.getTypeMap())) {
    if (!isObjectType(type) || name.startsWith("__")) continue;
    for (const field of Object.values(type.getFields())) {
      const resolve: Resolver | undefined = field.resolve;
      if (resolve === undefined) continue;
      field.resolve = (source, args, context, info) =>
        context instanceof Recording ? context.answer(args, info) : resolve(source, args, context, info);
    }
  }
}

/** The first place where two answers to one query differ. */
function differenceOf(written: WrittenResult, expected: ExecutionResult): string | undefined {
  const text = written.data === undefined ? undefined : jsonText(written.data);
  const own: unknown = text === undefined ? undefined : JSON.parse(text);
  const data: unknown = expected.data === undefined ? undefined : JSON.parse(JSON.stringify(expected.data));
  if (!isDeepStrictEqual(own, data)) return placeOfDifference(own, data).join(".");
  if (text !== undefined && text !== JSON.stringify(expected.data)) return "";
  const told = toldOf(written.errors, own);
  const wanted = toldOf(expected.errors ?? [], data);
  const at = wanted.findIndex((error, index) => !isDeepStrictEqual(error, told[index]));
  if (at === -1 && told.length === wanted.length) return undefined;
  return (told[at] ?? wanted[at] ?? told.at(-1))?.place.join(".") ?? "";
}

/** Where several failures made one object null it is chance which of them is told. */
function toldOf(errors: readonly GraphQLError[], data: unknown) {
  return errorsInAnswer(errors, data).map((error) => {
    const path = error.path ?? [];
    const place = placeInAnswer(path, data);
    return { place, message: place.length === path.length ? error.message : undefined };
  });
}

function placeOfDifference(own: unknown, other: unknown): readonly (string | number)[] {
  if (typeof own !== "object" || typeof other !== "object" || own === null || other === null) return [];
  const theirs = new Map<string, unknown>(Object.entries(other));
  for (const [key, value] of Object.entries(own))
    if (!isDeepStrictEqual(value, theirs.get(key))) return [key, ...placeOfDifference(value, theirs.get(key))];
  return Object.keys(other).slice(Object.keys(own).length, Object.keys(own).length + 1);
}
