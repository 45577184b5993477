import type {
  FieldNode,
  FragmentDefinitionNode,
  GraphQLObjectType,
  GraphQLOutputType,
  GraphQLResolveInfo,
  GraphQLSchema,
  OperationDefinitionNode,
} from "graphql";
import type { Planning, SelectedField } from "./plan.ts";
import type { Path, Writing } from "./writing.ts";

/** A selected field of a type: all that is the same in each execution. */
export interface Place {
  readonly planning: Planning;
  readonly parentType: GraphQLObjectType;
  readonly selected: SelectedField;
}

export function pathTo({ parentType, selected }: Place, parent: Path): NonNullable<Path> {
  return { prev: parent, key: selected.key, typename: parentType.name };
}

/** What resolvers are told of their field. A class, because few of them look at any of it, and an answer of thousands of objects has one for each field. */
export class FieldInfo implements GraphQLResolveInfo {
  readonly #writing: Writing;
  readonly #place: Place;
  readonly #parent: Path;

  constructor(writing: Writing, place: Place, parent: Path) {
    this.#writing = writing;
    this.#place = place;
    this.#parent = parent;
  }

  get fieldName(): string {
    return this.#place.selected.definition.name;
  }

  get fieldNodes(): readonly FieldNode[] {
    return this.#place.selected.nodes;
  }

  get returnType(): GraphQLOutputType {
    return this.#place.selected.definition.type;
  }

  get parentType(): GraphQLObjectType {
    return this.#place.parentType;
  }

  get path(): NonNullable<Path> {
    return pathTo(this.#place, this.#parent);
  }

  get schema(): GraphQLSchema {
    return this.#place.planning.schema;
  }

  get fragments(): Record<string, FragmentDefinitionNode> {
    return this.#place.planning.fragments;
  }

  get rootValue(): unknown {
    return this.#writing.rootValue;
  }

  get operation(): OperationDefinitionNode {
    return this.#writing.operation;
  }

  get variableValues(): Record<string, unknown> {
    return this.#writing.variables;
  }
}
