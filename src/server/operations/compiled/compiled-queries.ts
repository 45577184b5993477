import {
  type DirectiveNode,
  type DocumentNode,
  type FragmentDefinitionNode,
  GraphQLError,
  type GraphQLSchema,
  getVariableValues,
  Kind,
  visit,
} from "graphql";
import { LRUCache } from "lru-cache";
import { type Json, JsonRoom } from "../../../subscriptions/live/json-pieces.ts";
import { asGraphQLError } from "../error-shaping.ts";
import type { PreparedOperation } from "../prepare.ts";
import type { Variables } from "../variable-limits.ts";
import { isPromise } from "./parts.ts";
import { type Planning, selectedFields } from "./plan.ts";
import { Slices } from "./slices.ts";
import { type ObjectWriter, objectWriter } from "./write-fields.ts";
import { AnswerSize, NULL, type Witness, type Writing } from "./writing.ts";

/** Runs queries, and selections of subscriptions for one event, by plans that are kept for each document. */
export interface CompiledQueries {
  /** Undefined for a mutation: graphql-js runs those, one field after another. Never rejects. */
  run(run: CompiledRun): WrittenResult | Promise<WrittenResult> | undefined;
}

export interface CompiledRun {
  readonly operation: PreparedOperation;
  readonly variables: Variables | null | undefined;
  readonly context: object;
  /** What a subscription's selection is executed on. */
  readonly rootValue?: unknown;
  /** Characters of JSON that the data may have. */
  readonly maxLength: number;
  /** Called when it has more: nothing of it is needed any more. */
  readonly tooLong: () => void;
  readonly witness?: Witness | undefined;
}

/** What graphql-js would answer, its data written as JSON. */
export interface WrittenResult {
  /** Undefined where nothing could be begun. */
  readonly data: Json | undefined;
  readonly errors: readonly GraphQLError[];
  /** Characters that it has, or would have: more than it may where it was not written to its end. */
  readonly length: number;
}

export interface CompiledQueriesOptions {
  /** Operations whose plans are kept. */
  readonly maxOperations?: number;
  /** Selected fields over all plans. */
  readonly maxFields?: number;
  /** Items of lists that an answer writes in one turn of the event loop. */
  readonly sliceSize?: number;
  /** Is told how many fields were planned. */
  readonly planned?: (fields: number) => void;
}

interface Known {
  /** Variables that decide what is asked for. */
  readonly conditions: readonly string[];
  /** By the values of its conditions. */
  readonly plans: Map<string, () => ObjectWriter>;
  fields: number;
}

const MAX_OPERATIONS = 500;
/** A field takes about a kilobyte. */
const MAX_FIELDS = 20_000;
/** Of one operation; what clients send with more combinations of conditions is planned for each run. */
const MAX_PLANS = 8;
/** Of messages with eight fields each this takes a few milliseconds. */
const SLICE_SIZE = 250;

export function createCompiledQueries(schema: GraphQLSchema, options: CompiledQueriesOptions = {}): CompiledQueries {
  const { maxOperations = MAX_OPERATIONS, maxFields = MAX_FIELDS, sliceSize = SLICE_SIZE } = options;
  let fields = 0;
  const known = new LRUCache<PreparedOperation, Known>({
    max: maxOperations,
    dispose: (forgotten) => {
      fields -= forgotten.fields;
    },
  });

  function lookUp(operation: PreparedOperation): Known {
    const found = known.get(operation);
    if (found !== undefined) return found;
    const made: Known = { conditions: conditionVariables(operation.document), plans: new Map(), fields: 0 };
    known.set(operation, made);
    return made;
  }

  function planOf(operation: PreparedOperation, variables: Readonly<Record<string, unknown>>): () => ObjectWriter {
    const of = lookUp(operation);
    const conditions = Object.fromEntries(of.conditions.map((name) => [name, variables[name]]));
    const variant = JSON.stringify(conditions);
    const found = of.plans.get(variant);
    if (found !== undefined) return found;
    const isKept = of.plans.size < MAX_PLANS;
    const planned = (count: number): void => {
      options.planned?.(count);
      if (!isKept || known.peek(operation) !== of) return;
      of.fields += count;
      fields += count;
      // Plans are made quickly: whoever fills the room with long documents costs the others little.
      if (fields > maxFields) known.clear();
    };
    const plan = rootPlan(operation, { schema, fragments: fragmentsOf(operation.document), conditions, planned });
    if (isKept) of.plans.set(variant, plan);
    return plan;
  }

  return {
    run({ operation, variables, context, rootValue, maxLength, tooLong, witness }) {
      if (operation.kind === "mutation") return undefined;
      const { node } = operation;
      const { errors, coerced } = getVariableValues(schema, node.variableDefinitions ?? [], variables ?? {}, {
        maxErrors: MAX_VARIABLE_ERRORS,
      });
      if (coerced === undefined) return { errors: errors ?? [], data: undefined, length: 0 };
      const size = new AnswerSize(maxLength, tooLong);
      const slices = new Slices(sliceSize);
      const writing: Writing = {
        operation: node,
        rootValue,
        context,
        variables: coerced,
        errors: [],
        slices,
        size,
        room: new JsonRoom(),
        witness,
      };
      const done = (data: Json): WrittenResult => ({ data, errors: writing.errors, length: size.written });
      const failed = (error: unknown): WrittenResult => {
        writing.errors.push(asGraphQLError(error));
        return done(NULL);
      };
      try {
        const text = planOf(operation, coerced)()(writing, rootValue, undefined);
        return isPromise(text) ? text.then(done, failed) : done(text);
      } catch (error) {
        return failed(error);
      }
    },
  };
}

/** As many as graphql-js tells. */
const MAX_VARIABLE_ERRORS = 50;

/** The plan of the whole selection: made when it is first needed, because what is wrong with a condition is an error of its run. */
function rootPlan({ kind, node }: PreparedOperation, planning: Planning): () => ObjectWriter {
  let made: ObjectWriter | undefined;
  return () => {
    if (made !== undefined) return made;
    const type = kind === "query" ? planning.schema.getQueryType() : planning.schema.getSubscriptionType();
    if (!type) throw new GraphQLError(`Schema is not configured to execute ${kind} operation.`, { nodes: node });
    made = objectWriter(planning, type, selectedFields(planning, type, [node.selectionSet]));
    return made;
  };
}

function fragmentsOf({ definitions }: DocumentNode): Record<string, FragmentDefinitionNode> {
  const fragments: Record<string, FragmentDefinitionNode> = {};
  for (const definition of definitions)
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments[definition.name.value] = definition;
  return fragments;
}

/** The variables that decide whether something of a document is asked for. */
function conditionVariables(document: DocumentNode): readonly string[] {
  const names = new Set<string>();
  visit(document, {
    Directive({ name, arguments: given = [] }: DirectiveNode) {
      if (name.value !== "skip" && name.value !== "include") return;
      for (const { value } of given) if (value.kind === Kind.VARIABLE) names.add(value.name.value);
    },
  });
  return [...names];
}
