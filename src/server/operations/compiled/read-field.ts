import { type GraphQLFieldResolver, getArgumentValues } from "graphql";
import { FieldInfo, type Place, pathTo } from "./field-info.ts";
import type { Path, Writing } from "./writing.ts";

/** Asks a source for the value of a field. */
export type FieldReader = (writing: Writing, source: unknown, parent: Path) => unknown;

type Arguments = Readonly<Record<string, unknown>>;
type ReaderWithArguments = (writing: Writing, source: unknown, parent: Path, args: Arguments) => unknown;
type Resolver = GraphQLFieldResolver<unknown, unknown>;

/** Of all fields that take none. */
const NO_ARGUMENTS: Arguments = Object.freeze({});

/** What a field is answered from: what its resolver says, else a property of its source. */
export function fieldReader(place: Place): FieldReader {
  const { definition, nodes } = place.selected;
  const { resolve } = definition;
  const read = resolve === undefined ? propertyReader(place) : resolverReader(place, resolve);
  const argumentsOf: (writing: Writing) => Arguments =
    definition.args.length === 0
      ? () => NO_ARGUMENTS
      : ({ variables }) => getArgumentValues(definition, nodes[0], variables);

  function readBefore(writing: Writing, source: unknown, parent: Path): unknown {
    const args = argumentsOf(writing);
    const path = pathTo(place, parent);
    try {
      const value = read(writing, source, parent, args);
      writing.witness?.saw(path, args, value);
      return value;
    } catch (error) {
      writing.witness?.sawThrown(path, args, error);
      throw error;
    }
  }

  return (writing, source, parent) =>
    writing.witness === undefined
      ? read(writing, source, parent, argumentsOf(writing))
      : readBefore(writing, source, parent);
}

function propertyReader(place: Place): ReaderWithArguments {
  const { name } = place.selected.definition;
  return (writing, source, parent, args) => {
    if ((typeof source !== "object" || source === null) && typeof source !== "function") return undefined;
    const value = propertyOf(source, name);
    return typeof value === "function"
      ? value.call(source, args, writing.context, new FieldInfo(writing, place, parent))
      : value;
  };
}

function propertyOf(source: object, name: string): unknown {
  return (source as Readonly<Record<string, unknown>>)[name];
}

type ResolverWithoutInfo = (source: unknown, args: Arguments, context: unknown) => unknown;

/** One that declares three parameters is told nothing of its field: what would be made for it is a good part of a small field's cost. */
function takesNoInfo(resolve: Resolver): resolve is Resolver & ResolverWithoutInfo {
  return resolve.length === 3;
}

function resolverReader(place: Place, resolve: Resolver): ReaderWithArguments {
  if (takesNoInfo(resolve)) {
    const short: ResolverWithoutInfo = resolve;
    return ({ context }, source, _parent, args) => short(source, args, context);
  }
  return (writing, source, parent, args) =>
    resolve(source, args, writing.context, new FieldInfo(writing, place, parent));
}
