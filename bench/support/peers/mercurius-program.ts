import fastify from "fastify";
import { type FieldNode, type GraphQLResolveInfo, Kind } from "graphql";
import mercurius from "mercurius";
import { openPlainPortals, type PlainPortal } from "./plain-portal.ts";
import { readChat, readInbox, readLines, readSession } from "./plain-reads.ts";
import { htmlOfMessage, type MessageView, type SessionView } from "./views.ts";

// A program of its own: mercurius with its compiled executor and a schema of just what the workloads ask for.

const SCHEMA = /* GraphQL */ `
  type Query {
    inbox(first: Int!): Inbox
    openLines(first: Int!): OpenLines
    chat(by: ChatLookup!): Chat
  }
  input ChatLookup { userCode: String! }
  type Inbox { nodes: [InboxItem!]! }
  type InboxItem { id: ID! chat: Chat! }
  type OpenLines { nodes: [OpenLine!]! }
  type OpenLine { id: ID! name: String isActive: Boolean }
  type Chat {
    id: ID! title: String state: String messageCount: Int participantCount: Int readMarks: [ReadMark!] currentSession: Session
  }
  type ReadMark { messageId: ID readAt: String user: Person! }
  type Session {
    id: ID! viewerCanJoin: Boolean participants: [Person!] messages(last: Int!): Messages files(first: Int!): Files
  }
  type Messages { nodes: [Message!]! }
  type Message {
    id: ID! text: String! html: String! sentAt: String! isSystem: Boolean! externalIds: [String!]! author: Person files: [File!]!
  }
  type Files { nodes: [File!]! }
  type Person { id: ID! name: String }
  type File { id: ID! name: String! }
`;

interface Context {
  readonly portal: PlainPortal;
}

declare module "mercurius" {
  interface MercuriusContext {
    portal: PlainPortal;
  }
}

interface ChatSource {
  readonly id: string;
}

/** Whether more of a chat is selected than its session: then its record has to be read. */
function wantsRecord({ fieldNodes }: GraphQLResolveInfo): boolean {
  const fields = fieldNodes.flatMap(({ selectionSet }) => selectionSet?.selections ?? []);
  return fields.some((field) => field.kind !== Kind.FIELD || !isSession(field));
}

function isSession({ name }: FieldNode): boolean {
  return name.value === "currentSession";
}

const resolvers = {
  Query: {
    inbox: (_: unknown, { first }: { first: number }, { portal }: Context) => readInbox(portal, first),
    openLines: (_: unknown, { first }: { first: number }, { portal }: Context) => readLines(portal, first),
    chat: (_: unknown, { by }: { by: { userCode: string } }, { portal }: Context) =>
      readChat(portal, { USER_CODE: by.userCode }),
  },
  InboxItem: {
    chat: ({ id }: ChatSource, _: unknown, { portal }: Context, info: GraphQLResolveInfo) =>
      wantsRecord(info) ? readChat(portal, { CHAT_ID: id }) : { id },
  },
  Chat: { currentSession: ({ id }: ChatSource, _: unknown, { portal }: Context) => readSession(portal, id) },
  Session: {
    messages: ({ messages }: SessionView, { last }: { last: number }) => ({ nodes: messages.slice(-last) }),
    files: ({ files }: SessionView, { first }: { first: number }) => ({ nodes: files.slice(0, first) }),
  },
  Message: { html: (message: MessageView) => htmlOfMessage(message) },
};

async function main(): Promise<void> {
  const portalOf = openPlainPortals();
  const app = fastify({ keepAliveTimeout: 600_000 });
  await app.register(mercurius, {
    schema: SCHEMA,
    resolvers,
    jit: 1,
    context: ({ headers }) => ({ portal: portalOf(String(headers["x-api-key"])) }),
  });
  process.once("SIGTERM", () => process.exit(0));
  process.stdin.on("end", () => process.exit(0)).resume();
  process.stdout.write(`${JSON.stringify({ url: `${await app.listen({ host: "127.0.0.1", port: 0 })}/graphql` })}\n`);
}

await main();
