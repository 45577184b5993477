/** What is assumed where nobody says: objects of a list, people that one chat or session names, lines of a portal. */
export const ASSUMED = 20;

/** Objects of one type that an operation meets at one place: `count` of them at the most, read together. */
export interface Group {
  readonly typeName: string;
  readonly count: number;
  /** Commands in whose answers they, or what is read of them, come: what is read next may leave in as many turns. */
  arrival: number;
  /** Fields that their source brings along. */
  readonly brought: ReadonlySet<string>;
  /** For connections: objects on a page. */
  readonly pageSize: number;
  /** The objects that they belong to. */
  readonly owner: Group | undefined;
  /** Reads that are counted already. */
  readonly paid: Set<string>;
  /** People whom their parts name, and the commands counted for those. */
  readonly people: { named: number; commands: number };
  /** Groups that several fields lead to, by the name of the relation. */
  readonly related: Map<string, Group>;
}

export interface GroupOptions {
  readonly arrival?: number;
  readonly brought?: ReadonlySet<string>;
  readonly pageSize?: number;
  readonly owner?: Group;
}

const NOTHING: ReadonlySet<string> = new Set();

export function createGroup(typeName: string, count: number, options: GroupOptions = {}): Group {
  const { arrival = 1, brought = NOTHING, pageSize = ASSUMED, owner } = options;
  return {
    typeName,
    count,
    arrival,
    brought,
    pageSize,
    owner,
    paid: new Set(),
    people: { named: 0, commands: 0 },
    related: new Map(),
  };
}

/** The group's relation of that name, made when it is first asked for. */
export function relatedGroup(group: Group, relation: string, create: () => Group): Group {
  const known = group.related.get(relation);
  if (known !== undefined) return known;
  const created = create();
  group.related.set(relation, created);
  return created;
}

/** From a chat to its newest session, which is the open one where one is open. */
export const NEWEST_SESSION = "newest session";

/** Which of a chat's sessions is its newest, its record says, and whether that is open. */
export const TOLD_OF_NEWEST: ReadonlySet<string> = new Set(["isCurrent"]);

/** The chats that objects belong to: those below which they were found, else one for each. */
export function chatsOf(group: Group): Group {
  for (let at: Group | undefined = group; at !== undefined; at = at.owner) {
    if (at.typeName === "Chat") return at;
    const related = at.related.get("chat");
    if (related !== undefined) return related;
    if (at.typeName === "Session") return chatOfList(at) ?? ownChats(at);
  }
  return ownChats(group);
}

/** Sessions that a chat lists are all of that chat. */
function chatOfList({ owner }: Group): Group | undefined {
  let at = owner;
  while (at?.typeName === "SessionEdge" || at?.typeName === "SessionConnection") at = at.owner;
  return at?.typeName === "Chat" ? at : undefined;
}

function ownChats(group: Group): Group {
  return relatedGroup(group, "chat", () => createGroup("Chat", group.count, { arrival: group.arrival }));
}

/** How many different people objects can name. */
export function differentPeople(group: Group, each: number): number {
  const named = group.count * each;
  for (let at: Group | undefined = group; at !== undefined; at = at.owner) {
    if (at.typeName === "Chat" || at.typeName === "Session") return Math.min(named, at.count * ASSUMED);
  }
  return named;
}
