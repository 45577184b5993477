import type { GraphQLError, GraphQLResolveInfo, OperationDefinitionNode } from "graphql";
import type { Json, JsonRoom } from "../../../subscriptions/live/json-pieces.ts";
import type { Slices } from "./slices.ts";

/** JSON of a part of an answer; a promise where something in it is waited for. */
export type Text = Json | Promise<Json>;

/** Where a value stands in the answer; undefined for all of it. */
export type Path = GraphQLResolveInfo["path"] | undefined;

/** JSON of what is null, and of nothing else. */
export const NULL = "null";

/** Is shown what each field was answered from. */
export interface Witness {
  saw(path: NonNullable<Path>, args: unknown, value: unknown): void;
  /** What a field threw in place of an answer. */
  sawThrown(path: NonNullable<Path>, args: unknown, error: unknown): void;
}

/** One execution of a document, whose answer is written as JSON while its fields are resolved. */
export interface Writing {
  readonly operation: OperationDefinitionNode;
  readonly rootValue: unknown;
  readonly context: unknown;
  readonly variables: Record<string, unknown>;
  readonly errors: GraphQLError[];
  readonly slices: Slices;
  readonly size: AnswerSize;
  /** Where bytes of the answer lie. */
  readonly room: JsonRoom;
  readonly witness: Witness | undefined;
}

/** Counts the characters of an answer while it is written, those too of what becomes null as a whole later. */
export class AnswerSize {
  readonly #maximum: number;
  readonly #exceeded: () => void;
  /** So far, keys included: as JSON in UTF-8 the answer has no fewer bytes. */
  written = 0;

  /** @param exceeded called once, when more are written than may: from then on nothing more of the answer is needed */
  constructor(maximum: number, exceeded: () => void) {
    this.#maximum = maximum;
    this.#exceeded = exceeded;
  }

  get isExceeded(): boolean {
    return this.written > this.#maximum;
  }

  add(length: number): void {
    const before = this.written;
    this.written = before + length;
    if (this.written > this.#maximum && before <= this.#maximum) this.#exceeded();
  }
}
