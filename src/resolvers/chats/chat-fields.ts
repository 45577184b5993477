import type { ChatRecord, CrmEntityType } from "../../datasources/domain/chat.ts";
import type { Id } from "../../datasources/domain/ids.ts";
import type { UserRecord } from "../../datasources/domain/user.ts";
import { Chat } from "../../schema/chat.ts";
import type { ChatCrm } from "../../schema/chat-details.ts";
import { Connector } from "../../schema/connector.ts";
import { CrmEntity } from "../../schema/crm-entity.ts";
import { openLineRef } from "../../schema/open-line.ts";
import { Session } from "../../schema/session.ts";
import { User, userRef } from "../../schema/user.ts";
import type { OperationContext } from "../engine/context.ts";
import { sharedChat, sharedPerson } from "../engine/event-eyes.ts";
import { defineFields } from "../engine/field-table.ts";
import { linkedPicture } from "../engine/file-links.ts";
import {
  canSend,
  chatState,
  currentLineId,
  customerCandidates,
  customerIdFromCode,
  externalUserId,
} from "./chat-derivations.ts";
import { chatRecord } from "./chat-record.ts";

const { told, toldIfKnown, derived } = chatRecord;
const { avatarUrl } = told(["avatarUrl"]);

/** Fields of a chat that take no arguments. What `dialog.get` never tells comes from a recent list or a history of this operation. */
export const chatFields = defineFields<Chat>(Chat, {
  ...told(["title", "description", "color", "createdAt", "isSilent", "isExtranet", "isNew"]),
  avatarUrl: (chat, context) => linkedPicture(context, avatarUrl(chat, context)),
  ...told(["messageCount", "participantCount", "lastMessageId", "restrictions", "permissions"]),
  ...told(["parentChatId", "parentMessageId", "diskFolderId", "backgroundId", "isTextFieldEnabled"]),
  ...told(["publicLink", "entityUrl"]),
  ...toldIfKnown(["callNumber"]),

  viewerRole: told(["viewerRole"]).viewerRole,
  viewerUnreadCount: told(["unreadCount"]).unreadCount,
  viewerLastReadMessageId: told(["lastReadMessageId"]).lastReadMessageId,
  viewerFirstUnreadMessageId: told(["firstUnreadMessageId"]).firstUnreadMessageId,
  viewerMarkedMessageId: told(["markedMessageId"]).markedMessageId,
  viewerIsMuted,
  viewerCanSend: derived(["viewerRole", "restrictions", "permissions"], (record) =>
    canSend(record.viewerRole ?? null, record.restrictions ?? null, record.permissions ?? null),
  ),

  state: derived(["session", "operatorId"], chatState),
  isPinned: derived(["session"], ({ session }) => session?.isPinned ?? null),
  isWaitingForAction: derived(["session"], ({ session }) => session?.isWaitingForAction ?? null),
  blockedAt: derived(["session"], ({ session }) => session?.blockedAt ?? null),
  blockReason: derived(["session"], ({ session }) => session?.blockReason ?? null),

  userCode: derived(["userCode"], ({ userCode }) => userCode?.raw ?? null),
  connector: derived(["userCode"], ({ userCode }) => (userCode ? new Connector(userCode.connectorId) : null)),
  externalChatId: derived(["userCode"], ({ userCode }) => userCode?.externalChatId ?? null),
  externalUserId: derived(["userCode"], externalUserId),
  entryLine: derived(["userCode"], ({ userCode }) => openLineRef(userCode?.lineId)),
  line: derived(["session", "userCode"], (record) => openLineRef(currentLineId(record))),

  operator: derived(["operatorId"], ({ operatorId }) => userRef(operatorId)),
  managers: derived(["managerIds"], ({ managerIds }) => userRefs(managerIds)),
  mutedUsers: derived(["mutedUserIds"], ({ mutedUserIds }) => userRefs(mutedUserIds)),
  customer: customerOf,
  crm: derived(["session", "crmBindings"], crmOf),

  readMarks: derived(
    ["readMarks"],
    ({ readMarks }) => readMarks?.map((mark) => ({ ...mark, user: namedUser(mark) })) ?? null,
  ),
  lastMessageViews: derived(["lastMessageViews"], ({ lastMessageViews: views }) =>
    views
      ? { ...views, firstViewers: views.firstViewers.map((viewer) => ({ ...viewer, user: namedUser(viewer) })) }
      : null,
  ),

  currentSession: derived(["session"], openSession),
  latestSession,
});

function userRefs(ids: readonly Id[] | undefined): User[] | null {
  return ids?.map((id) => new User(id)) ?? null;
}

/** The portal sends a name beside some ids: with it, asking for the name costs nothing. */
function namedUser({ userId, userName }: { readonly userId: Id; readonly userName: string | null }): User {
  return new User(userId, userName === null ? undefined : { id: userId, name: userName });
}

function crmOf({ session, crmBindings }: ChatRecord): ChatCrm {
  const bound = (type: CrmEntityType): CrmEntity | null => {
    const reference = crmBindings?.find((binding) => binding.type === type);
    return reference === undefined ? null : new CrmEntity(reference);
  };
  return {
    isSaved: session?.isSavedInCrm ?? null,
    sessionEntity: session?.crmEntity ? new CrmEntity(session.crmEntity) : null,
    lead: bound("LEAD"),
    deal: bound("DEAL"),
    contact: bound("CONTACT"),
    company: bound("COMPANY"),
  };
}

function openSession(record: ChatRecord): Session | null {
  const id = record.session?.sessionId ?? null;
  return id === null ? null : new Session(id, record.id);
}

/** An open session is the newest one, so only a chat without one needs its history to name it. */
async function latestSession(chat: Chat, context: OperationContext): Promise<Session | null> {
  const known = context.loaders.chats.known(chat.id) ?? (await sharedChat(context, chat.id, ["session"]));
  const open = known === null ? null : openSession(known);
  if (open !== null) return open;
  const history = await context.loaders.histories.load({ chatId: chat.id });
  return history === null ? null : new Session(history.sessionId, chat.id, history);
}

/**
 * `dialog.get` lists at most the caller as muted, so that a list which is not empty means the caller. Other sources list everybody: there, and
 * where such a source has been laid over the full record, only an empty list is an answer.
 */
function viewerIsMuted(chat: Chat, context: OperationContext): boolean | null | Promise<boolean | null> {
  const known = context.loaders.chats.known(chat.id);
  if (known?.mutedUserIds?.length === 0) return false;
  const isMixed = known?.participantIds !== undefined || known?.isListed === true;
  if (known?.source === "full" && !isMixed) return isSomebodyMuted(known);
  return context.loaders.chats.load(chat.id, { fresh: isMixed }).then(isSomebodyMuted);
}

function isSomebodyMuted({ mutedUserIds }: ChatRecord): boolean | null {
  return mutedUserIds === undefined ? null : mutedUserIds.length > 0;
}

async function customerOf(chat: Chat, context: OperationContext): Promise<User | null> {
  const fromCode = await chatRecord.from(chat, context, ["userCode"], customerIdFromCode);
  if (fromCode !== null) return new User(fromCode);
  const { chats: memory } = context.loaders.memory;
  const remembered = memory.customerOf(chat.id);
  if (remembered !== undefined) return new User(remembered);
  const candidates = (await chatRecord.from(chat, context, ["participantIds"], customerCandidates)) ?? [];
  const users = await Promise.all(candidates.map((id) => personOf(id, context)));
  const customer = users.find((user) => user?.isConnector === true || user?.kind === "CUSTOMER");
  if (customer === undefined || customer === null) return null;
  memory.noteCustomer(chat.id, customer.id);
  return new User(customer.id, customer);
}

async function personOf(id: Id, context: OperationContext): Promise<UserRecord | null> {
  return (await sharedPerson(context, id, ["kind"])) ?? context.loaders.users.load(id);
}
