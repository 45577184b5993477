import {
  defaultTypeResolver,
  type GraphQLAbstractType,
  GraphQLError,
  type GraphQLLeafType,
  type GraphQLList,
  type GraphQLObjectType,
  type GraphQLOutputType,
  getArgumentValues,
  getNullableType,
  isAbstractType,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
  locatedError,
  responsePathAsArray,
  TypeNameMetaFieldDef,
} from "graphql";
import { FieldInfo, type Place, pathTo } from "./field-info.ts";
import { leafWriter, quoted } from "./leaf-text.ts";
import { type Planning, type SelectedField, selectedFields } from "./plan.ts";
import { NULL, type Path, type Text, type Witness, type Writing } from "./writing.ts";

/** Writes the object that a source answers, with what is selected of it. */
export type ObjectWriter = (writing: Writing, source: unknown, path: Path) => Text;

/** Writes a value that was resolved; throws where it is none of its type. */
type ValueWriter = (writing: Writing, value: unknown, path: Path) => Text;

interface FieldWriter {
  /** What stands before its value. */
  readonly before: string;
  readonly write: ObjectWriter;
}

/** As graphql-js executes it: fields in their order, each as far as it can be told at once, and the rest when what it waits for is there. */
export function objectWriter(
  planning: Planning,
  type: GraphQLObjectType,
  fields: readonly SelectedField[],
): ObjectWriter {
  planning.planned(fields.length);
  const writers = fields.map((selected, index): FieldWriter => {
    const before = `${index === 0 ? "{" : ","}${quoted(selected.key)}:`;
    return { before, write: fieldWriter({ planning, parentType: type, selected }) };
  });
  const end = writers.length === 0 ? "{}" : "}";
  const own = writers.reduce((length, { before }) => length + before.length, end.length);

  return (writing, source, path) => {
    writing.size.add(own);
    if (writing.size.isExceeded) return "{}";
    let text = "";
    let parts: Text[] | undefined;
    try {
      for (const { before, write } of writers) {
        const value = write(writing, source, path);
        if (typeof value === "string") text += before + value;
        else {
          parts ??= [];
          parts.push(text + before, value);
          text = "";
        }
      }
    } catch (error) {
      if (parts === undefined) throw error;
      return Promise.all(parts).then(thrower(error), thrower(error));
    }
    text += end;
    return parts === undefined ? text : joined(parts, text);
  };
}

/** What failed at once is what is told, when the others beside it are through. */
function thrower(error: unknown): () => never {
  return () => {
    throw error;
  };
}

async function joined(parts: readonly Text[], end: string): Promise<string> {
  let text = "";
  // Not `join`, which copies: what is large is put together once, when it is sent.
  for (const part of await Promise.all(parts)) text += part;
  return text + end;
}

function isPromise(value: unknown): value is Promise<unknown> {
  return typeof value === "object" && value !== null && "then" in value && typeof value.then === "function";
}

function fieldWriter(place: Place): ObjectWriter {
  const { parentType, selected } = place;
  const { definition, nodes } = selected;
  if (definition === TypeNameMetaFieldDef) {
    const name = quoted(parentType.name);
    return () => name;
  }
  const isNonNull = isNonNullType(definition.type);
  const isLeaf = isLeafType(getNullableType(definition.type));
  const writeValue = valueWriter(place, definition.type);
  const read = reader(place);

  function failed(writing: Writing, parent: Path, error: unknown): string {
    const path = responsePathAsArray(pathTo(place, parent));
    return told(writing, locatedError(error, nodes, path), isNonNull);
  }

  return (writing, source, parent) => {
    try {
      const value = read(writing, source, parent);
      // Of a leaf nobody asks where it stands, unless it fails.
      const path = isLeaf ? undefined : pathTo(place, parent);
      if (!isPromise(value)) {
        const text = writeValue(writing, value, path);
        if (typeof text === "string") return text;
        return text.then(undefined, (error: unknown) => failed(writing, parent, error));
      }
      writing.slices.asks();
      return value
        .then((known) => writeValue(writing, known, path))
        .then(undefined, (error: unknown) => failed(writing, parent, error));
    } catch (error) {
      return failed(writing, parent, error);
    }
  };
}

/** A field that failed is null and its error is told; where it cannot be null, that is for what is around it to tell. */
function told(writing: Writing, error: GraphQLError, isNonNull: boolean): string {
  if (isNonNull) throw error;
  writing.errors.push(error);
  return NULL;
}

function propertyOf(source: object, name: string): unknown {
  return (source as Readonly<Record<string, unknown>>)[name];
}

/** What a field is answered from: what its resolver says, else a property of its source. */
function reader(place: Place): (writing: Writing, source: unknown, parent: Path) => unknown {
  const { definition, nodes } = place.selected;
  const { name, resolve, args: declared } = definition;
  const hasArguments = declared.length > 0;

  function read(writing: Writing, source: unknown, parent: Path, args: Record<string, unknown>): unknown {
    if (resolve !== undefined) return resolve(source, args, writing.context, new FieldInfo(writing, place, parent));
    if ((typeof source !== "object" || source === null) && typeof source !== "function") return undefined;
    const value = propertyOf(source, name);
    return typeof value === "function"
      ? value.call(source, args, writing.context, new FieldInfo(writing, place, parent))
      : value;
  }

  function readBefore(witness: Witness, writing: Writing, source: unknown, parent: Path): unknown {
    const args = hasArguments ? getArgumentValues(definition, nodes[0], writing.variables) : NO_ARGUMENTS;
    const path = pathTo(place, parent);
    try {
      const value = read(writing, source, parent, args);
      witness.saw(path, args, value);
      return value;
    } catch (error) {
      witness.sawThrown(path, args, error);
      throw error;
    }
  }

  return (writing, source, parent) => {
    if (writing.witness !== undefined) return readBefore(writing.witness, writing, source, parent);
    const args = hasArguments ? getArgumentValues(definition, nodes[0], writing.variables) : NO_ARGUMENTS;
    return read(writing, source, parent, args);
  };
}

/** Of all fields that take none. */
const NO_ARGUMENTS: Record<string, never> = Object.freeze({});

function valueWriter(place: Place, type: GraphQLOutputType): ValueWriter {
  if (isNonNullType(type)) {
    const { parentType, selected } = place;
    const inner = valueWriter(place, type.ofType);
    return (writing, value, path) => {
      const text = inner(writing, value, path);
      if (text !== NULL) return text;
      throw new Error(`Cannot return null for non-nullable field ${parentType.name}.${selected.definition.name}.`);
    };
  }
  const present = presentWriter(place, type);
  return (writing, value, path) => {
    if (value instanceof Error) throw value;
    return value === null || value === undefined ? NULL : present(writing, value, path);
  };
}

function presentWriter(place: Place, type: GraphQLOutputType): ValueWriter {
  if (isLeafType(type)) return countedLeafWriter(type);
  if (isListType(type)) return listWriter(place, type);
  if (isAbstractType(type)) return abstractWriter(place, type);
  if (isObjectType(type)) return typedObjectWriter(place, type);
  throw new Error("unreachable: every type is written");
}

function countedLeafWriter(type: GraphQLLeafType): ValueWriter {
  const write = leafWriter(type);
  return ({ size }, value) => {
    const text = write(value);
    size.add(text.length);
    // Thousands of copies of a long text must not lie in memory only to be refused.
    return size.isExceeded ? "0" : text;
  };
}

/**
 * The same text in one piece. What is put together from pieces consists of them until somebody reads it, and as thousands of them are alive
 * until an answer is sent, the collector would copy them again and again.
 */
function flat(text: string): string {
  text.charCodeAt(text.length - 1);
  return text;
}

function listWriter(place: Place, { ofType }: GraphQLList<GraphQLOutputType>): ValueWriter {
  const { parentType, selected } = place;
  const isNonNull = isNonNullType(ofType);
  const isLeaf = isLeafType(getNullableType(ofType));
  const writeValue = valueWriter(place, ofType);

  function failed(writing: Writing, path: Path, index: number, error: unknown): string {
    const at = responsePathAsArray({ prev: path, key: index, typename: undefined });
    return told(writing, locatedError(error, selected.nodes, at), isNonNull);
  }

  function writeItem(writing: Writing, item: unknown, path: Path, index: number): Text {
    try {
      const at: Path = isLeaf ? undefined : { prev: path, key: index, typename: undefined };
      if (isPromise(item)) writing.slices.asks();
      const text = isPromise(item)
        ? item.then((known) => writeValue(writing, known, at))
        : writeValue(writing, item, at);
      if (typeof text === "string") return text;
      return text.then(undefined, (error: unknown) => failed(writing, path, index, error));
    } catch (error) {
      return failed(writing, path, index, error);
    }
  }

  return (writing, value, path) => {
    if (typeof value !== "object" || value === null || !(Symbol.iterator in value)) {
      const name = `${parentType.name}.${selected.definition.name}`;
      throw new GraphQLError(`Expected Iterable, but did not find one for field "${name}".`);
    }
    const items: readonly unknown[] = Array.isArray(value) ? value : Array.from(value as Iterable<unknown>);
    let text = "[";
    let parts: Text[] | undefined;

    /** Those from a place on; a promise as soon as others have their turn between two of them. */
    function writeFrom(first: number): Text {
      try {
        for (let index = first; index < items.length; index += 1) {
          if (writing.size.isExceeded) break;
          const pause = isLeaf ? undefined : writing.slices.beforeItem();
          if (pause !== undefined) {
            // What fails meanwhile is told when all are put together.
            Promise.all(parts ?? []).catch(() => {});
            return pause.then(() => writeFrom(index));
          }
          if (index > 0) text += ",";
          const item = writeItem(writing, items[index], path, index);
          if (typeof item === "string") text += item;
          else {
            parts ??= [];
            parts.push(text, item);
            text = "";
          }
        }
      } catch (error) {
        if (parts === undefined) throw error;
        return Promise.all(parts).then(thrower(error), thrower(error));
      }
      text += "]";
      return parts === undefined ? flat(text) : joined(parts, text);
    }

    return writeFrom(0);
  };
}

/** Of the field that a value is of: an item of its list stands deeper. */
function parentOf(path: Path): Path {
  let field = path;
  while (typeof field?.key === "number") field = field.prev;
  return field?.prev;
}

function abstractWriter(place: Place, type: GraphQLAbstractType): ValueWriter {
  const { schema } = place.planning;
  const { nodes } = place.selected;
  const resolveType = type.resolveType ?? defaultTypeResolver;
  const writers = new Map<GraphQLObjectType, ValueWriter>();

  function writerOf(name: unknown): ValueWriter {
    const chosen = typeof name === "string" ? schema.getType(name) : undefined;
    if (!isObjectType(chosen) || !schema.isSubType(type, chosen))
      throw new GraphQLError(`Abstract type "${type.name}" was resolved to none of its types.`, { nodes });
    const found = writers.get(chosen) ?? typedObjectWriter(place, chosen);
    writers.set(chosen, found);
    return found;
  }

  return (writing, value, path) => {
    const info = new FieldInfo(writing, place, parentOf(path));
    const name = resolveType(value, writing.context, info, type);
    if (!isPromise(name)) return writerOf(name)(writing, value, path);
    return name.then((known) => writerOf(known)(writing, value, path));
  };
}

function typedObjectWriter(place: Place, type: GraphQLObjectType): ValueWriter {
  const { planning, selected } = place;
  const sets = selected.nodes.flatMap(({ selectionSet }) => (selectionSet === undefined ? [] : [selectionSet]));
  let write: ObjectWriter | undefined;

  function checked(writing: Writing, value: unknown, path: Path, isOfType: boolean): Text {
    write ??= objectWriter(planning, type, selectedFields(planning, type, sets));
    if (isOfType) return write(writing, value, path);
    throw new GraphQLError(`Expected value of type "${type.name}" but got another.`, { nodes: selected.nodes });
  }

  const { isTypeOf } = type;
  if (isTypeOf === undefined || isTypeOf === null) return (writing, value, path) => checked(writing, value, path, true);
  return (writing, value, path) => {
    const isOfType = isTypeOf(value, writing.context, new FieldInfo(writing, place, parentOf(path)));
    if (!isPromise(isOfType)) return checked(writing, value, path, isOfType);
    return isOfType.then((known) => checked(writing, value, path, known));
  };
}
