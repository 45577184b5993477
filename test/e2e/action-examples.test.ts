import { readFileSync } from "node:fs";
import { Kind, parse, print } from "graphql";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { networkCodes } from "../../simulator/seed/seed.ts";
import { botId } from "../../simulator/seed/staff.ts";
import { joinChat } from "../../simulator/world/members.ts";
import { addMessage } from "../../simulator/world/messages.ts";
import { type Chat, SessionStatus } from "../../simulator/world/records.ts";
import { type Office, openOffice, type StaffMember } from "../kit/office.ts";
import { answeredChat, isStaffed, operatorOf } from "./refusals.ts";

let office: Office;

beforeAll(async () => {
  office = await openOffice();
});

afterAll(async () => {
  await office.close();
});

interface Scene {
  readonly as: StaffMember;
  readonly variables: Record<string, unknown>;
}

/** A running chat and its operator. */
function running(): { chat: Chat; as: StaffMember } {
  const chat = answeredChat(office);
  return { chat, as: office.staff(chat.ownerId) };
}

function ofOwner(extra: (chat: Chat) => Record<string, unknown> = () => ({})): Scene {
  const { chat, as } = running();
  return { as, variables: { chatId: String(chat.id), ...extra(chat) } };
}

/** A new message of the chat's operator. */
function ownMessage({ id, ownerId }: Chat): string {
  const chat = office.portal.world.chat(id);
  return String(addMessage(office.portal.world, chat, { authorId: ownerId, text: "Our address: 5 High Street" }).id);
}

function waiting(): Scene {
  const chat = office.chatWith(SessionStatus.new);
  return { as: operatorOf(office, chat.data.lineId), variables: { chatId: String(chat.id) } };
}

/** A chat in the hands of the seeded bot. */
function withBot(extra: Record<string, unknown> = {}): Scene {
  const { chat } = running();
  chat.ownerId = botId;
  joinChat(office.portal.world, chat, [botId]);
  return { as: office.supervisor, variables: { chatId: String(chat.id), ...extra } };
}

function onCrmChat(extra: (chat: Chat) => Record<string, unknown>): Scene {
  const chat = office.chatWith(SessionStatus.operatorReplied, (found) => found.crm.saved && isStaffed(office, found));
  const entity = { type: chat.crm.type, entityId: String(chat.crm.id) };
  return { as: office.supervisor, variables: { entity, chatId: String(chat.id), ...extra(chat) } };
}

function rated(extra: Record<string, unknown>): Scene {
  const session = office.portal.world.openSession(running().chat.id);
  return { as: office.supervisor, variables: { sessionId: String(session?.id), ...extra } };
}

/** Bytes of a file that somebody has begun to send. */
async function uploaded(): Promise<Scene> {
  const { as, variables } = ofOwner();
  const { uploadId, uploadUrl } = await as.act(
    'mutation ($chatId: ID!) { fileUploadStart(chatId: $chatId, name: "a.txt", size: 3, contentType: "text/plain") { uploadId uploadUrl } }',
    variables,
  );
  await fetch(uploadUrl, { method: "PUT", headers: { "content-type": "text/plain" }, body: "abc" });
  return { as, variables: { ...variables, uploadId, text: "A note", idempotencyKey: "example-file" } };
}

const colleague = ({ ownerId }: Chat) => String(office.portal.users.find(({ id }) => id !== ownerId)?.id);
const bySupervisor = (variables: Record<string, unknown> = {}): Scene => ({ as: office.supervisor, variables });

/** A scene for each named operation, in which it must succeed. */
const SCENES: Readonly<Record<string, () => Scene | Promise<Scene>>> = {
  AnswerChat: waiting,
  SkipChat: () => {
    const lines = office.portal.world.lines;
    const chat = office.chatWith(SessionStatus.new, ({ data }) => lines.get(data.lineId)?.columns.QUEUE_TYPE !== "all");
    return { as: operatorOf(office, chat.data.lineId), variables: { chatId: String(chat.id) } };
  },
  TransferChat: () => ofOwner((chat) => ({ userId: colleague(chat) })),
  // Back to the queue of its own line: who hands a chat to a line that he does not work on may not see it any more.
  TransferChatToLine: () => ofOwner((chat) => ({ lineId: String(chat.data.lineId) })),
  FinishChat: () => ofOwner(),
  FinishChatOnBehalf: () => ({ ...ofOwner(), as: office.supervisor }),
  MarkChatAsSpam: () => ofOwner(),
  InterceptChat: () => ({ ...ofOwner(), as: office.supervisor }),
  JoinChat: () => ({ ...ofOwner(), as: office.supervisor }),
  StartSession: () => bySupervisor({ chatId: String(office.chatWith(undefined).id) }),
  StartSessionFromMessage: () => ofOwner((chat) => ({ messageId: ownMessage(chat) })),
  PinChat: () => ofOwner(),
  UnpinChat: () => ofOwner(),
  PinAllChats: () => ({ ...ofOwner(), variables: {} }),
  UnpinAllChats: () => ({ ...ofOwner(), variables: {} }),
  SetSilentMode: () => ofOwner(() => ({ enabled: true })),
  RateSession: () => rated({ rating: 5 }),
  CommentOnSession: () => rated({ comment: "Well done" }),
  SendMessage: () => ofOwner((chat) => ({ text: "Hello", replyToId: ownMessage(chat), idempotencyKey: "example-1" })),
  EditMessage: () => {
    const { chat, as } = running();
    return { as, variables: { messageId: ownMessage(chat), text: "Our new address" } };
  },
  DeleteMessage: () => {
    const { chat, as } = running();
    return { as, variables: { messageId: ownMessage(chat) } };
  },
  BeginFile: () => ofOwner(() => ({ name: "scan.png", size: 1234, contentType: "image/png" })),
  SendFile: uploaded,
  SaveQuickReply: () => ofOwner((chat) => ({ messageId: ownMessage(chat) })),
  ReactToMessage: () => {
    const { chat, as } = running();
    return { as, variables: { messageId: ownMessage(chat), reaction: "LIKE" } };
  },
  MarkChatAsUnread: () => ofOwner(),
  PinInInbox: () => ofOwner(() => ({ pinned: true })),
  QuickReplies: () => bySupervisor({ lineId: String(office.portal.world.lines.all()[0]?.id) }),
  MarkChatAsRead: () => ofOwner(),
  ShowTyping: () => ofOwner(),
  MuteChat: () => ofOwner(() => ({ muted: true })),
  LeaveChat: () => ofOwner(),
  ChatsOfLead: () => bySupervisor({ leadId: "1195" }),
  AddToCrmChat: () => onCrmChat(() => ({ userId: String(office.supervisor.id) })),
  RemoveFromCrmChat: () => onCrmChat((chat) => ({ userId: String(chat.ownerId) })),
  SendCrmMessage: () =>
    onCrmChat((chat) => {
      joinChat(office.portal.world, chat, [office.supervisor.id]);
      return { authorId: String(office.supervisor.id), text: "Your invoice" };
    }),
  CreateLead: () => ofOwner(),
  SendBotMessage: () => withBot({ text: "One moment" }),
  SendBotGreeting: () => withBot(),
  RouteToOperator: () => withBot(),
  TransferFromBot: () => withBot({ lineId: String(office.portal.world.lines.all()[0]?.id) }),
  FinishAsBot: () => withBot(),
  JoinNetworkLine: () => bySupervisor({ code: networkCodes.active }),
  SendNetworkMessage: () => bySupervisor({ input: { code: networkCodes.active, recipientId: "27", text: "News" } }),
  WhoAmI: () => bySupervisor(),
  Allowance: () => bySupervisor(),
  TransferTargets: () => bySupervisor({ search: "a" }),
};

const FILES = ["operator-work", "sessions", "messages", "files", "crm", "bots-and-network", "viewer"];
const operations = FILES.flatMap((file) =>
  parse(readFileSync(`examples/operations/${file}.graphql`, "utf8")).definitions.flatMap((definition) =>
    definition.kind === Kind.OPERATION_DEFINITION
      ? [{ name: definition.name?.value ?? "", source: print(definition) }]
      : [],
  ),
);

describe("each example operation does what its name says", () => {
  test.each(operations)("$name", async ({ name, source }) => {
    const scene = SCENES[name];
    if (scene === undefined) throw new Error(`${name} has no scene`);
    const { as, variables } = await scene();
    const result = await as.act(source, variables);
    expect(result).not.toBeNull();
    if (source.startsWith("mutation")) expect(result.userErrors).toEqual([]);
  });

  test("and no scene is left over", () => {
    expect(Object.keys(SCENES).sort()).toEqual(operations.map(({ name }) => name).sort());
  });
});
