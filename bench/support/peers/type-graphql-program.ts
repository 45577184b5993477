import "reflect-metadata";
import { ApolloServer } from "@apollo/server";
import { startStandaloneServer } from "@apollo/server/standalone";
import { type GraphQLResolveInfo, Kind } from "graphql";
import {
  Arg,
  buildSchema,
  Ctx,
  Field,
  FieldResolver,
  ID,
  Info,
  InputType,
  Int,
  ObjectType,
  Query,
  Resolver,
  Root,
} from "type-graphql";
import { openPlainPortals, type PlainPortal } from "./plain-portal.ts";
import { readChat, readInbox, readLines, readSession } from "./plain-reads.ts";
import { htmlOfMessage, type MessageView, type SessionView } from "./views.ts";

// A program of its own: Apollo Server and type-graphql with their defaults and a schema of just what the workloads ask for.

interface Context {
  readonly portal: PlainPortal;
}

@ObjectType()
class Person {
  @Field(() => ID) id!: string;
  @Field(() => String, { nullable: true }) name!: string;
}

@ObjectType()
class File {
  @Field(() => ID) id!: string;
  @Field(() => String) name!: string;
}

@ObjectType()
class Message {
  @Field(() => ID) id!: string;
  @Field(() => String) text!: string;
  @Field(() => String) sentAt!: string;
  @Field(() => Boolean) isSystem!: boolean;
  @Field(() => [String]) externalIds!: string[];
  @Field(() => Person, { nullable: true }) author!: Person | null;
  @Field(() => [File]) files!: File[];
}

@ObjectType()
class Messages {
  @Field(() => [Message]) nodes!: Message[];
}

@ObjectType()
class Files {
  @Field(() => [File]) nodes!: File[];
}

@ObjectType()
class Session {
  @Field(() => ID) id!: string;
  @Field(() => Boolean, { nullable: true }) viewerCanJoin!: boolean;
  @Field(() => [Person], { nullable: true }) participants!: Person[];
}

@ObjectType()
class ReadMark {
  @Field(() => ID, { nullable: true }) messageId!: string;
  @Field(() => String, { nullable: true }) readAt!: string;
  @Field(() => Person) user!: Person;
}

@ObjectType()
class Chat {
  @Field(() => ID) id!: string;
  @Field(() => String, { nullable: true }) title!: string;
  @Field(() => String, { nullable: true }) state!: string;
  @Field(() => Int, { nullable: true }) messageCount!: number;
  @Field(() => Int, { nullable: true }) participantCount!: number;
  @Field(() => [ReadMark], { nullable: true }) readMarks!: ReadMark[];
}

@ObjectType()
class InboxItem {
  @Field(() => ID) id!: string;
}

@ObjectType()
class Inbox {
  @Field(() => [InboxItem]) nodes!: InboxItem[];
}

@ObjectType()
class OpenLine {
  @Field(() => ID) id!: string;
  @Field(() => String, { nullable: true }) name!: string;
  @Field(() => Boolean, { nullable: true }) isActive!: boolean;
}

@ObjectType()
class OpenLines {
  @Field(() => [OpenLine]) nodes!: OpenLine[];
}

@InputType()
class ChatLookup {
  @Field(() => String) userCode!: string;
}

@Resolver()
class Queries {
  @Query(() => Inbox, { nullable: true })
  inbox(@Arg("first", () => Int) first: number, @Ctx() { portal }: Context) {
    return readInbox(portal, first);
  }

  @Query(() => OpenLines, { nullable: true })
  openLines(@Arg("first", () => Int) first: number, @Ctx() { portal }: Context) {
    return readLines(portal, first);
  }

  @Query(() => Chat, { nullable: true })
  chat(@Arg("by", () => ChatLookup) { userCode }: ChatLookup, @Ctx() { portal }: Context) {
    return readChat(portal, { USER_CODE: userCode });
  }
}

@Resolver(() => InboxItem)
class InboxItems {
  @FieldResolver(() => Chat)
  chat(@Root() { id }: InboxItem, @Ctx() { portal }: Context, @Info() { fieldNodes }: GraphQLResolveInfo) {
    const fields = fieldNodes.flatMap(({ selectionSet }) => selectionSet?.selections ?? []);
    const wantsRecord = fields.some((field) => field.kind !== Kind.FIELD || field.name.value !== "currentSession");
    return wantsRecord ? readChat(portal, { CHAT_ID: id }) : { id };
  }
}

@Resolver(() => Chat)
class Chats {
  @FieldResolver(() => Session, { nullable: true })
  currentSession(@Root() { id }: Chat, @Ctx() { portal }: Context) {
    return readSession(portal, id);
  }
}

@Resolver(() => Session)
class Sessions {
  @FieldResolver(() => Messages, { nullable: true })
  messages(@Root() { messages }: SessionView, @Arg("last", () => Int) last: number) {
    return { nodes: messages.slice(-last) };
  }

  @FieldResolver(() => Files, { nullable: true })
  files(@Root() { files }: SessionView, @Arg("first", () => Int) first: number) {
    return { nodes: files.slice(0, first) };
  }
}

@Resolver(() => Message)
class MessageTexts {
  @FieldResolver(() => String)
  html(@Root() message: MessageView) {
    return htmlOfMessage(message);
  }
}

async function main(): Promise<void> {
  const portalOf = openPlainPortals();
  const schema = await buildSchema({
    resolvers: [Queries, InboxItems, Chats, Sessions, MessageTexts],
    validate: false,
  });
  const server = new ApolloServer<Context>({ schema });
  const { url } = await startStandaloneServer(server, {
    listen: { host: "127.0.0.1", port: 0 },
    context: async ({ req }) => ({ portal: portalOf(String(req.headers["x-api-key"])) }),
  });
  process.once("SIGTERM", () => process.exit(0));
  process.stdin.on("end", () => process.exit(0)).resume();
  process.stdout.write(`${JSON.stringify({ url })}\n`);
}

await main();
