import {
  type GraphQLField,
  type GraphQLObjectType,
  getNamedType,
  getNullableType,
  isAbstractType,
  isListType,
  isObjectType,
  OperationTypeNode,
  type SelectionSetNode,
} from "graphql";
import { FIELD_RULES, type FieldRule, pageSizeOf } from "./field-rules.ts";
import {
  ASSUMED,
  chatsOf,
  createGroup,
  differentPeople,
  type Group,
  NEWEST_SESSION,
  relatedGroup,
  TOLD_OF_NEWEST,
} from "./group.ts";
import { commandsFor, restMethods } from "./reads.ts";
import { type OperationText, type SelectedField, selectedFields } from "./selected-fields.ts";

/** Places where an operation may select fields; a document that is more than this through its fragments is not weighed to its end. */
const MAX_PLACES = 5_000;

/**
 * The most commands of the portal that one run of an operation can need, as the loaders send them: lists count with their page size (20 where
 * none is said), people 100 to a command, messages 50, a line once (20 lines assumed), the chat and the people of an object once for that
 * object, and nothing what a list brings along. A subscription is weighed for one event. Infinite for a document whose fragments multiply
 * without end.
 */
export function costOf(text: OperationText): number {
  const { root, operation } = text;
  const apart = operation.operation === OperationTypeNode.MUTATION;
  return createScale(text).weigh(root, [operation.selectionSet], createGroup(root.name, 1, { arrival: 0 }), apart);
}

interface Scale {
  /** Commands for what these selections ask of the objects of a group. */
  weigh(type: GraphQLObjectType, sets: readonly SelectionSetNode[], group: Group, apart?: boolean): number;
}

function createScale(text: OperationText): Scale {
  const once = new Set<string>();
  let places = 0;

  function weigh(type: GraphQLObjectType, sets: readonly SelectionSetNode[], group: Group, apart = false): number {
    let commands = 0;
    for (const selected of selectedFields(type, sets, text, apart)) {
      const field = type.getFields()[selected.name];
      if (field === undefined) continue;
      places += 1;
      if (places > MAX_PLACES) return Number.POSITIVE_INFINITY;
      commands += weighField(type, field, selected, group);
    }
    return commands;
  }

  /** An action reads its chat again as soon as more than the id is asked for, whatever that is. */
  function reread(type: GraphQLObjectType, named: GraphQLObjectType, { sets }: SelectedField, found: Group): number {
    if (!type.name.endsWith("Payload") || named.name !== "Chat") return 0;
    return selectsOnly(named, sets, ID) ? 0 : claim(found, "record", found.count);
  }

  function selectsOnly(
    type: GraphQLObjectType,
    sets: readonly SelectionSetNode[],
    names: ReadonlySet<string>,
  ): boolean {
    return selectedFields(type, sets, text).every(({ name }) => names.has(name));
  }

  function weighField(
    type: GraphQLObjectType,
    field: GraphQLField<unknown, unknown>,
    selected: SelectedField,
    group: Group,
  ): number {
    const own = ownCommands(type, field, selected, group);
    if (selected.sets.length === 0) return own;
    const named = getNamedType(field.type);
    if (isObjectType(named)) {
      const found = answered(type, field, selected, group, own);
      return own + reread(type, named, selected, found) + weigh(named, selected.sets, found);
    }
    if (!isAbstractType(named)) return own;
    // An object is of one type only: what the dearest one costs.
    const each = text.schema
      .getPossibleTypes(named)
      .map((possible) => weigh(possible, selected.sets, createGroup(possible.name, group.count, { owner: group })));
    return own + Math.max(0, ...each);
  }

  function ownCommands(
    type: GraphQLObjectType,
    field: GraphQLField<unknown, unknown>,
    selected: SelectedField,
    group: Group,
  ): number {
    if (group.brought.has(field.name)) return 0;
    if (isReference(type, field))
      return isOfUnknownChat(group) ? commandsFor("imopenlines.dialog.get", group, selected.argsKey, once) : 0;
    const rule = FIELD_RULES[`${type.name}.${field.name}`];
    const named = getNamedType(field.type);
    if (rule?.tells !== undefined && isObjectType(named) && selectsOnly(named, selected.sets, rule.tells)) return 0;
    const isDecided = rule?.dependsOn === undefined || group.brought.has(rule.dependsOn);
    let commands = isDecided ? 0 : commandsFor("imopenlines.dialog.get", group, selected.argsKey, once);
    if (rule?.commands !== undefined) {
      return commands + claim(group, `${field.name} ${selected.argsKey}`, rule.commands(selected) * group.count);
    }
    for (const method of restMethods(field).sort(peopleLast)) {
      // Whether a session is open is told, so that only one that is not has to be looked for.
      if (method === "imopenlines.dialog.get" && field.name === "latestSession" && group.brought.has("currentSession"))
        continue;
      // Lists look for the customers of their rows among the members, beside the records that other fields need.
      const isOfRow = field.name === "customer" && group.owner?.typeName === "InboxItem";
      if (method === "imopenlines.dialog.get" && isOfRow) commands += claim(group, "members", group.count);
      else commands += commandsFor(method, group, selected.argsKey, once);
    }
    return commands;
  }

  return { weigh };
}

const ID: ReadonlySet<string> = new Set(["id", "__typename"]);

/** Who is looked up follows from what else is read. */
function peopleLast(a: string, b: string): number {
  return Number(a === "im.user.list.get") - Number(b === "im.user.list.get");
}

function claim(group: Group, key: string, commands: number): number {
  if (group.paid.has(key)) return 0;
  group.paid.add(key);
  return commands;
}

/** The objects that a field answers. */
function answered(
  type: GraphQLObjectType,
  field: GraphQLField<unknown, unknown>,
  { args, argsKey }: SelectedField,
  group: Group,
  ownCommands: number,
): Group {
  const { name: typeName } = getNamedType(field.type);
  if (isReference(type, field)) return chatsOf(group);
  const rule = FIELD_RULES[`${type.name}.${field.name}`] ?? {};
  const { relation, of, each } = relationOf(type, field, group, args, argsKey, rule);
  return relatedGroup(of, relation, () => {
    const isPart = of.typeName.endsWith("Connection");
    const created = createGroup(typeName, different(typeName, group, each), {
      arrival: Math.max(ownCommands, group.arrival),
      brought: isPart ? of.brought : relation === NEWEST_SESSION ? TOLD_OF_NEWEST : (rule.brings ?? NOTHING),
      pageSize: pageSizeOf(args, rule.pageSize),
      owner: group,
    });
    for (const read of rule.reads ?? []) created.paid.add(read);
    return created;
  });
}

const NOTHING: ReadonlySet<string> = new Set();

interface Relation {
  /** Equal for fields that lead to the same objects of `of`. */
  readonly relation: string;
  readonly of: Group;
  /** Objects for each of the group at the most. */
  readonly each: number;
}

function relationOf(
  type: GraphQLObjectType,
  field: GraphQLField<unknown, unknown>,
  group: Group,
  args: SelectedField["args"],
  argsKey: string,
  rule: FieldRule,
): Relation {
  if (type.name === "Chat" && (field.name === "currentSession" || field.name === "latestSession")) {
    return { relation: NEWEST_SESSION, of: group, each: 1 };
  }
  // `nodes` and `edges { node }` are the same objects.
  if (type.name.endsWith("Connection")) return { relation: field.name, of: group, each: group.pageSize };
  if (type.name.endsWith("Edge") && group.owner !== undefined) return { relation: "nodes", of: group.owner, each: 1 };
  const relation = `${field.name} ${argsKey}`;
  if (!isListType(getNullableType(field.type))) return { relation, of: group, each: 1 };
  // The rows of a window, whose size its subscription was given.
  if (type.name === "InboxChange") return { relation, of: group, each: group.pageSize };
  return { relation, of: group, each: Array.isArray(args.ids) ? args.ids.length : (rule.listSize ?? ASSUMED) };
}

function different(typeName: string, group: Group, each: number): number {
  switch (typeName) {
    case "User":
      return differentPeople(group, each);
    case "OpenLine":
      return Math.min(group.count * each, ASSUMED);
    default:
      return group.count * each;
  }
}

/** A field that names the chat of its object: nothing needs to be read for that. */
function isReference(type: GraphQLObjectType, field: GraphQLField<unknown, unknown>): boolean {
  if (field.name !== "chat" || getNamedType(field.type).name !== "Chat") return false;
  return OF_ONE_CHAT.has(type.name) || type.getInterfaces().some(({ name }) => name === "ChatEvent");
}

/** Sessions that were not found by their chat: its record is asked for by the session. */
function isOfUnknownChat(group: Group): boolean {
  if (group.typeName !== "Session") return false;
  for (let at = group.owner; at !== undefined; at = at.owner) if (at.typeName === "Chat") return false;
  return true;
}

const OF_ONE_CHAT: ReadonlySet<string> = new Set(["Session", "Message"]);
