import {
  defaultTypeResolver,
  type GraphQLAbstractType,
  GraphQLError,
  type GraphQLLeafType,
  type GraphQLList,
  type GraphQLObjectType,
  type GraphQLOutputType,
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
import { type Json, JsonPieces } from "../../../subscriptions/live/json-pieces.ts";
import { FieldInfo, type Place, pathTo } from "./field-info.ts";
import { leafWriter, quoted } from "./leaf-text.ts";
import { isLong, isPromise, Parts } from "./parts.ts";
import { type Planning, type SelectedField, selectedFields } from "./plan.ts";
import { fieldReader } from "./read-field.ts";
import { NULL, type Path, type Text, type Writing } from "./writing.ts";

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
  const count = writers.length;
  const own = writers.reduce((length, { before }) => length + before.length, end.length);

  return (writing, source, path) => {
    writing.size.add(own);
    if (writing.size.isExceeded) return "{}";
    let text = "";
    let parts: Parts | undefined;
    try {
      for (let at = 0; at < count; at += 1) {
        const field = writers[at];
        if (field === undefined) break;
        text += field.before;
        const value = field.write(writing, source, path);
        if (typeof value === "string") text += value;
        else {
          parts ??= new Parts(writing.room);
          parts.add(text, value);
          text = "";
        }
      }
    } catch (error) {
      if (parts === undefined) throw error;
      return parts.failed(error);
    }
    text += end;
    return parts === undefined ? text : parts.end(text);
  };
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
  const read = fieldReader(place);

  function failed(writing: Writing, parent: Path, error: unknown): string {
    const path = responsePathAsArray(pathTo(place, parent));
    return told(writing, locatedError(error, nodes, path), isNonNull);
  }

  // Functions of their own, since what a function hands to others lies in memory for each of its calls.
  function written(writing: Writing, parent: Path, text: Promise<Json>): Promise<Json> {
    return text.then(undefined, (error: unknown) => failed(writing, parent, error));
  }

  function writtenLater(writing: Writing, parent: Path, value: Promise<unknown>): Promise<Json> {
    writing.slices.asks();
    return value
      .then((known) => writeAnswered(writing, known, isLeaf ? undefined : pathTo(place, parent), writeValue))
      .then(undefined, (error: unknown) => failed(writing, parent, error));
  }

  return (writing, source, parent) => {
    try {
      const value = read(writing, source, parent);
      if (isPromise(value)) return writtenLater(writing, parent, value);
      // Of a leaf nobody asks where it stands, unless it fails.
      const text = writeValue(writing, value, isLeaf || value === null ? undefined : pathTo(place, parent));
      return isWritten(text) ? text : written(writing, parent, text);
    } catch (error) {
      return failed(writing, parent, error);
    }
  };
}

function isWritten(text: Text): text is Json {
  return typeof text === "string" || text instanceof JsonPieces;
}

/** In a later turn where many were answered in this one. */
function writeAnswered(writing: Writing, known: unknown, path: Path, write: ValueWriter): Text {
  const pause = writing.slices.beforeAnswered();
  return pause === undefined
    ? write(writing, known, path)
    : pause.then(() => writeAnswered(writing, known, path, write));
}

/** A field that failed is null and its error is told; where it cannot be null, that is for what is around it to tell. */
function told(writing: Writing, error: GraphQLError, isNonNull: boolean): string {
  if (isNonNull) throw error;
  writing.errors.push(error);
  return NULL;
}

function valueWriter(place: Place, type: GraphQLOutputType): ValueWriter {
  const bare = getNullableType(type);
  if (isLeafType(bare)) return leafValueWriter(place, bare, isNonNullType(type));
  if (isNonNullType(type)) {
    const inner = valueWriter(place, type.ofType);
    return (writing, value, path) => {
      const text = inner(writing, value, path);
      if (text !== NULL) return text;
      throw nullWhereNoneMayBe(place);
    };
  }
  const present = presentWriter(place, type);
  return (writing, value, path) => {
    if (value === null || value === undefined) return NULL;
    if (typeof value === "object" && value instanceof Error) throw value;
    return present(writing, value, path);
  };
}

function presentWriter(place: Place, type: GraphQLOutputType): ValueWriter {
  if (isListType(type)) return listWriter(place, type);
  if (isAbstractType(type)) return abstractWriter(place, type);
  if (isObjectType(type)) return typedObjectWriter(place, type);
  throw new Error("unreachable: every type is written");
}

function nullWhereNoneMayBe({ parentType, selected }: Place): Error {
  return new Error(`Cannot return null for non-nullable field ${parentType.name}.${selected.definition.name}.`);
}

/** In one function, because most of what an answer consists of goes through it. */
function leafValueWriter(place: Place, type: GraphQLLeafType, isNonNull: boolean): ValueWriter {
  const write = leafWriter(type);
  return ({ size }, value) => {
    let text = NULL;
    if (value !== null && value !== undefined) {
      if (typeof value === "object" && value instanceof Error) throw value;
      text = write(value);
      size.add(text.length);
      // Thousands of copies of a long text must not lie in memory only to be refused.
      if (size.isExceeded) return "0";
    }
    if (isNonNull && text === NULL) throw nullWhereNoneMayBe(place);
    return text;
  };
}

function listWriter(place: Place, { ofType }: GraphQLList<GraphQLOutputType>): ValueWriter {
  const { parentType, selected } = place;
  const isNonNull = isNonNullType(ofType);
  const isLeaf = isLeafType(getNullableType(ofType));
  const writeValue = valueWriter(place, ofType);

  function itemsOf(value: unknown): readonly unknown[] {
    if (Array.isArray(value)) return value;
    if (typeof value === "object" && value !== null && Symbol.iterator in value)
      return Array.from(value as Iterable<unknown>);
    const name = `${parentType.name}.${selected.definition.name}`;
    throw new GraphQLError(`Expected Iterable, but did not find one for field "${name}".`);
  }

  function failed(writing: Writing, path: Path, index: number, error: unknown): string {
    const at = responsePathAsArray({ prev: path, key: index, typename: undefined });
    return told(writing, locatedError(error, selected.nodes, at), isNonNull);
  }

  function written(writing: Writing, path: Path, index: number, text: Promise<Json>): Promise<Json> {
    return text.then(undefined, (error: unknown) => failed(writing, path, index, error));
  }

  function writtenLater(writing: Writing, path: Path, index: number, item: Promise<unknown>): Promise<Json> {
    writing.slices.asks();
    return item
      .then((known) => writeAnswered(writing, known, itemPath(path, index), writeValue))
      .then(undefined, (error: unknown) => failed(writing, path, index, error));
  }

  function itemPath(path: Path, index: number): Path {
    return isLeaf ? undefined : { prev: path, key: index, typename: undefined };
  }

  function writeItem(writing: Writing, item: unknown, path: Path, index: number): Text {
    try {
      if (isPromise(item)) return writtenLater(writing, path, index, item);
      const text = writeValue(writing, item, itemPath(path, index));
      return isWritten(text) ? text : written(writing, path, index, text);
    } catch (error) {
      return failed(writing, path, index, error);
    }
  }

  /** Those from a place on; a promise as soon as others have their turn between two of them. */
  function writeFrom(list: OpenList, first: number): Text {
    const { writing, items, path } = list;
    let { text } = list;
    let index = first;
    try {
      for (; index < items.length; index += 1) {
        if (writing.size.isExceeded) break;
        const pause = isLeaf ? undefined : writing.slices.beforeItem();
        if (pause !== undefined) {
          list.text = text;
          return writtenAfter(pause, list, index);
        }
        if (index > 0) text += ",";
        const item = writeItem(writing, items[index], path, index);
        if (typeof item === "string") text += item;
        else {
          list.parts ??= new Parts(writing.room);
          list.parts.add(text, item);
          text = "";
        }
        if (isLong(text)) {
          list.parts ??= new Parts(writing.room);
          list.parts.addLong(text);
          text = "";
        }
      }
    } catch (error) {
      leaveFrom(items, index + 1);
      if (list.parts === undefined) throw error;
      return list.parts.failed(error);
    }
    leaveFrom(items, index);
    text += "]";
    return list.parts === undefined ? text : list.parts.end(text);
  }

  function writtenAfter(pause: Promise<void>, list: OpenList, index: number): Promise<Json> {
    // What fails meanwhile is told when all are put together.
    list.parts?.leave();
    if (!list.isCut) leaveFrom(list.items, index);
    list.isCut = true;
    return pause.then(() => writeFrom(list, index));
  }

  return (writing, value, path) => {
    const items = itemsOf(value);
    return items.length === 0
      ? "[]"
      : writeFrom({ writing, items, path, text: "[", parts: undefined, isCut: false }, 0);
  };
}

/** Items that are written later or not at all: what fails of them while nobody looks would end the process. */
function leaveFrom(items: readonly unknown[], first: number): void {
  for (let index = first; index < items.length; index += 1) {
    const item = items[index];
    if (isPromise(item)) item.catch(() => {});
  }
}

/** A list that is being written. */
interface OpenList {
  readonly writing: Writing;
  readonly items: readonly unknown[];
  readonly path: Path;
  /** Behind the parts. */
  text: string;
  parts: Parts | undefined;
  /** Its items are written in several turns of the event loop. */
  isCut: boolean;
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
