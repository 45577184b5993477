import { type GraphQLField, Kind } from "graphql";
import { ASSUMED, chatsOf, createGroup, type Group, NEWEST_SESSION, relatedGroup, TOLD_OF_NEWEST } from "./group.ts";

/** Ids that one command of `im.user.list.get` is counted for; loaders put more into one. */
const USERS_PER_COMMAND = 100;
const ACTIVITIES_PER_COMMAND = 50;
const FIGURES_PER_COMMAND = 100;
const TRANSFERS_PER_COMMAND = 50;
const COMMANDS_PER_SEARCH = 6;
/** Commands that share a request at the least, where there are more. */
const COMMANDS_PER_ANSWER = 5;

/** How often a method is sent for a group of objects. */
type Read = (group: Group) => { readonly of: Group; readonly key: string; readonly commands: number };

/** Once for each chat, whatever is asked of its record. */
const chatRecord: Read = (group) => {
  const chats = chatsOf(group);
  return { of: chats, key: "record", commands: chats.count };
};

/** The whole of a session, once for each. */
const sessionHistory: Read = (group) => {
  const sessions = group.typeName === "Session" ? group : newestSessions(chatsOf(group));
  return { of: sessions, key: "history", commands: sessions.count };
};

/** In how many turns objects become known that are looked up together: those of different answers are not known at the same time. */
function turnsOf({ arrival }: Group): number {
  return Math.ceil(arrival / COMMANDS_PER_ANSWER);
}

/** A turn may fill its last command with a few only. */
const together =
  (key: string, perCommand: number): Read =>
  (group) => {
    const filled = Math.ceil(group.count / perCommand);
    const commands = Math.min(group.count, filled + Math.max(1, turnsOf(group)) - 1);
    return { of: group, key, commands };
  };

const person = together("user", USERS_PER_COMMAND);

/** Reads that name people of one chat or line: its record and one more. */
const READS_WITH_PEOPLE = 2;

/** However many fields of a chat or a line name people, one read names them to the loader at once. */
const people: Read = (group) => {
  const alone = person(group);
  const record = recordWithPeople(group);
  if (record === undefined || group.paid.has(alone.key)) return alone;
  record.people.named += group.count;
  const most = Math.ceil(record.people.named / USERS_PER_COMMAND) + READS_WITH_PEOPLE * turnsOf(group);
  const commands = Math.max(0, Math.min(alone.commands, most - record.people.commands));
  record.people.commands += commands;
  return { ...alone, commands };
};

/** The chats or lines whose parts name the people; undefined for people whom anything else names. */
function recordWithPeople({ owner }: Group): Group | undefined {
  for (let at = owner; at !== undefined; at = at.owner) {
    if (at.typeName === "Chat" || at.typeName === "OpenLine") return at;
    if (ENTITIES.has(at.typeName) || at.typeName.endsWith("Connection")) return undefined;
  }
  return undefined;
}

const ENTITIES: ReadonlySet<string> = new Set(["Session", "Message", "User", "File", "CrmEntity"]);

/** A session that no list told is searched for in the hour around two moments, page by page. */
const sessionSearch: Read = (group) => ({ of: group, key: "search", commands: group.count * COMMANDS_PER_SEARCH });

function newestSessions(chats: Group): Group {
  return relatedGroup(chats, NEWEST_SESSION, () =>
    createGroup("Session", chats.count, { owner: chats, brought: TOLD_OF_NEWEST }),
  );
}

/** Of the line that the object is a part of; nothing where a list brought its row. */
const lines =
  (key: string): Read =>
  (group) => {
    const of = lineOf(group);
    return { of, key, commands: of.brought.has(key) ? 0 : Math.min(of.count, ASSUMED) };
  };

function lineOf(group: Group): Group {
  for (let at: Group | undefined = group; at !== undefined; at = at.owner) if (at.typeName === "OpenLine") return at;
  return group;
}

const READS: Readonly<Record<string, Read>> = {
  "imopenlines.dialog.get": chatRecord,
  "imopenlines.session.history.get": sessionHistory,
  "im.user.list.get": people,
  "crm.activity.list": together("activity", ACTIVITIES_PER_COMMAND),
  "imopenlines.v2.Session.list": sessionSearch,
  "imopenlines.v2.Session.Stat.get": together("figures", FIGURES_PER_COMMAND),
  "imopenlines.v2.Session.Transfer.list": together("transfers", TRANSFERS_PER_COMMAND),
  "imopenlines.config.get": lines("settings"),
  "imopenlines.config.list.get": lines("row"),
};

/** Methods that answer the same to whoever asks in an operation. */
const ONCE: ReadonlySet<string> = new Set(["profile", "scope", "im.counters.get"]);

const ROOTS: ReadonlySet<string> = new Set(["Query", "Mutation", "Subscription"]);

/** REST methods that a field names with `@rest`. */
export function restMethods(field: GraphQLField<unknown, unknown>): string[] {
  return (field.astNode?.directives ?? []).flatMap(({ name, arguments: given }) => {
    const value = given?.find((argument) => argument.name.value === "method")?.value;
    return name.value === "rest" && value?.kind === Kind.STRING ? [value.value] : [];
  });
}

/** Commands for a method that a field of these objects calls with these arguments; 0 when they are counted already. */
export function commandsFor(method: string, group: Group, argsKey: string, once: Set<string>): number {
  if (ONCE.has(method)) return claim(once, method, 1);
  // Each look-up of a root field is one of its own.
  const read = ROOTS.has(group.typeName) ? undefined : READS[method];
  if (read === undefined) return claim(group.paid, `${method} ${argsKey}`, group.count);
  const { of, key, commands } = read(group);
  of.arrival = Math.max(of.arrival, commands);
  return claim(of.paid, key, commands);
}

function claim(paid: Set<string>, key: string, commands: number): number {
  if (paid.has(key)) return 0;
  paid.add(key);
  return commands;
}
