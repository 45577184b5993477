import { type ClassType, Field, ObjectType } from "type-graphql";
import { z } from "zod";
import { badUserInput } from "./input-errors.ts";

/** An opaque position in a list: readable only by the list that gave it out. */
export interface CursorCodec<Position> {
  readonly encode: (position: Position) => string;
  /** Throws BAD_USER_INPUT for anything that `encode` did not make; `argument` names the culprit. */
  readonly decode: (cursor: string, argument: "after" | "before") => Position;
}

const CURSOR_VERSION = 1;
const MAX_CURSOR_LENGTH = 4096;

/** The cursor of one kind of list. `kind` keeps a cursor of one list from being read by another. */
export function defineCursor<Position>(kind: string, position: z.ZodType<Position>): CursorCodec<Position> {
  const payload = z.strictObject({ v: z.literal(CURSOR_VERSION), k: z.literal(kind), at: position });
  return {
    encode: (at) => Buffer.from(JSON.stringify({ v: CURSOR_VERSION, k: kind, at })).toString("base64url"),
    decode: (cursor, argument) => {
      const parsed = payload.safeParse(parseCursor(cursor));
      if (parsed.success) return parsed.data.at;
      throw badUserInput(
        `${argument} is not a cursor of this list. Pass a cursor from its own edges or pageInfo, unchanged.`,
      );
    },
  };
}

function parseCursor(cursor: string): unknown {
  if (cursor.length > MAX_CURSOR_LENGTH) return undefined;
  try {
    return JSON.parse(Buffer.from(cursor, "base64url").toString("utf8"));
  } catch {
    return undefined;
  }
}

/** Cursor of a list that is paged by the number of items before the position. */
export function defineOffsetCursor(kind: string): CursorCodec<number> {
  return defineCursor(kind, z.int().min(0).max(1_000_000_000));
}

const ITEM_ID = /^[1-9][0-9]{0,18}$/;

/** Cursor of a list that is walked by its items' ids: an id that is known from elsewhere is a position too. */
export const plainIdCursor: CursorCodec<string> = {
  encode: (id) => id,
  decode(cursor, argument) {
    if (ITEM_ID.test(cursor)) return cursor;
    throw badUserInput(`${argument} is not a cursor of this list. Pass the id of one of its items.`);
  },
};

/** Cursor of a list whose items are found again by their id. */
export function defineIdCursor(kind: string): CursorCodec<string> {
  return defineCursor(kind, z.string().regex(ITEM_ID));
}

@ObjectType({ simpleResolvers: true, description: "Where a page stands in its list." })
export class PageInfo {
  @Field(() => Boolean, { description: "Whether more items follow; ask for them with `after: endCursor`." })
  readonly hasNextPage!: boolean;

  @Field(() => Boolean, { description: "Whether items precede this page; ask for them with `before: startCursor`." })
  readonly hasPreviousPage!: boolean;

  @Field(() => String, { nullable: true, description: "Cursor of the first item; null when the page is empty." })
  readonly startCursor!: string | null;

  @Field(() => String, {
    nullable: true,
    description:
      "Cursor to go on from: that of the last item, or, where a search stopped early, of the last place looked at.",
  })
  readonly endCursor!: string | null;
}

export interface PageBounds {
  readonly hasNextPage: boolean;
  readonly hasPreviousPage: boolean;
  /** Where to go on from, when that is not the last item. */
  readonly endCursor?: string | null;
}

/** Source of every connection type: the nodes, and how to name the position of each. Edges are only made when selected. */
export class Page<Node> {
  readonly nodes: readonly Node[];
  readonly #cursorOf: (node: Node, index: number) => string;
  readonly #bounds: PageBounds;

  constructor(nodes: readonly Node[], cursorOf: (node: Node, index: number) => string, bounds: PageBounds) {
    this.nodes = nodes;
    this.#cursorOf = cursorOf;
    this.#bounds = bounds;
  }

  get edges(): { readonly cursor: string; readonly node: Node }[] {
    return this.nodes.map((node, index) => ({ cursor: this.#cursorOf(node, index), node }));
  }

  get pageInfo(): PageInfo {
    const { hasNextPage, hasPreviousPage, endCursor } = this.#bounds;
    return {
      hasNextPage,
      hasPreviousPage,
      startCursor: this.#cursorAt(0),
      endCursor: endCursor ?? this.#cursorAt(this.nodes.length - 1),
    };
  }

  #cursorAt(index: number): string | null {
    const node = this.nodes[index];
    return node === undefined ? null : this.#cursorOf(node, index);
  }
}

/** The fields of a connection; its source is a `Page`. */
export interface ConnectionFields<Node> {
  readonly edges: readonly { readonly cursor: string; readonly node: Node }[];
  readonly nodes: readonly Node[];
  readonly pageInfo: PageInfo;
}

/**
 * Declares `<name>Connection` and `<name>Edge`. The node type is given by a function, because types refer to each other in circles.
 */
export function createConnectionType<Node extends object>(
  name: string,
  node: () => ClassType<Node>,
  description: string,
  connectionName = `${name}Connection`,
): ClassType<ConnectionFields<Node>> {
  @ObjectType(`${name}Edge`, { simpleResolvers: true, description: `A ${name} and its position in the list.` })
  class Edge {
    @Field(() => String, { description: "The position, to be passed as `after` or `before`." })
    readonly cursor!: string;

    @Field(() => node(), { description: "The item." })
    readonly node!: Node;
  }

  @ObjectType(connectionName, { simpleResolvers: true, description })
  class Connection implements ConnectionFields<Node> {
    @Field(() => [Edge], { description: "The items with their positions." })
    readonly edges!: readonly Edge[];

    @Field(() => [node()], { description: "The items alone." })
    readonly nodes!: readonly Node[];

    @Field(() => PageInfo, { description: "Where this page stands in the list." })
    readonly pageInfo!: PageInfo;
  }
  return Connection;
}
