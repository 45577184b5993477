import type { ChatRecord, CrmEntityType } from "../../datasources/domain/chat.ts";
import type { Id } from "../../datasources/domain/ids.ts";
import { Chat } from "../../schema/chat.ts";
import type { ChatCrm } from "../../schema/chat-details.ts";
import { Connector } from "../../schema/connector.ts";
import { CrmEntity } from "../../schema/crm-entity.ts";
import { OpenLine } from "../../schema/open-line.ts";
import { Session } from "../../schema/session.ts";
import { User, userRef } from "../../schema/user.ts";
import { asViewer, type OperationContext } from "../engine/context.ts";
import { defineFields } from "../engine/field-table.ts";
import {
  canSend,
  chatState,
  currentLineId,
  customerCandidates,
  customerIdFromCode,
  externalUserId,
} from "./chat-derivations.ts";
import { fromChat, tell, tellIfKnown } from "./chat-record.ts";

/** Fields of a chat that take no arguments. */
export const ChatFields = defineFields<Chat>(Chat, {
  title: (chat, context) => tell(chat, context, "title"),
  description: (chat, context) => tell(chat, context, "description"),
  avatarUrl: (chat, context) => tell(chat, context, "avatarUrl"),
  color: (chat, context) => tell(chat, context, "color"),
  createdAt: (chat, context) => tell(chat, context, "createdAt"),
  isSilent: (chat, context) => tell(chat, context, "isSilent"),
  isExtranet: (chat, context) => tell(chat, context, "isExtranet"),
  isNew: (chat, context) => tell(chat, context, "isNew"),
  messageCount: (chat, context) => tell(chat, context, "messageCount"),
  participantCount: (chat, context) => tell(chat, context, "participantCount"),
  lastMessageId: (chat, context) => tell(chat, context, "lastMessageId"),
  viewerUnreadCount: (chat, context) => tell(chat, asViewer(context), "unreadCount"),
  viewerRole: (chat, context) => tell(chat, asViewer(context), "viewerRole"),
  viewerLastReadMessageId: (chat, context) => tell(chat, asViewer(context), "lastReadMessageId"),
  viewerFirstUnreadMessageId: (chat, context) => tell(chat, asViewer(context), "firstUnreadMessageId"),
  viewerMarkedMessageId: (chat, context) => tell(chat, asViewer(context), "markedMessageId"),
  restrictions: (chat, context) => tell(chat, context, "restrictions"),
  permissions: (chat, context) => tell(chat, context, "permissions"),
  parentChatId: (chat, context) => tell(chat, context, "parentChatId"),
  parentMessageId: (chat, context) => tell(chat, context, "parentMessageId"),
  diskFolderId: (chat, context) => tell(chat, context, "diskFolderId"),
  backgroundId: (chat, context) => tell(chat, context, "backgroundId"),
  isTextFieldEnabled: (chat, context) => tell(chat, context, "isTextFieldEnabled"),
  publicLink: (chat, context) => tell(chat, context, "publicLink"),
  entityUrl: (chat, context) => tell(chat, context, "entityUrl"),

  callNumber: (chat, context) => tellIfKnown(chat, context, "callNumber"),
  sessionStatus: (chat, context) => tellIfKnown(chat, context, "sessionStatus"),
  sessionStatusCode: (chat, context) => tellIfKnown(chat, context, "sessionStatusCode"),
  viewerIsPinnedInInbox: (chat, context) => tellIfKnown(chat, asViewer(context), "isPinnedInRecent"),
  viewerInboxAt: (chat, context) => tellIfKnown(chat, asViewer(context), "recentAt"),
  preview: (chat, context) => {
    const preview = tellIfKnown(chat, context, "preview");
    return preview === null ? null : { ...preview, author: userRef(preview.authorId) };
  },

  state: (chat, context) => fromChat(chat, context, ["session", "operatorId"], chatState),
  isPinned: (chat, context) => fromChat(chat, context, ["session"], ({ session }) => session?.isPinned ?? null),
  isWaitingForAction: (chat, context) =>
    fromChat(chat, context, ["session"], ({ session }) => session?.isWaitingForAction ?? null),
  blockedAt: (chat, context) => fromChat(chat, context, ["session"], ({ session }) => session?.blockedAt ?? null),
  blockReason: (chat, context) => fromChat(chat, context, ["session"], ({ session }) => session?.blockReason ?? null),

  userCode: (chat, context) => fromChat(chat, context, ["userCode"], ({ userCode }) => userCode?.raw ?? null),
  connector: (chat, context) =>
    fromChat(chat, context, ["userCode"], ({ userCode }) => (userCode ? new Connector(userCode.connectorId) : null)),
  externalChatId: (chat, context) =>
    fromChat(chat, context, ["userCode"], ({ userCode }) => userCode?.externalChatId ?? null),
  externalUserId: (chat, context) => fromChat(chat, context, ["userCode"], externalUserId),
  entryLine: (chat, context) =>
    fromChat(chat, context, ["userCode"], ({ userCode }) => lineRef(userCode?.lineId ?? null)),
  line: (chat, context) => fromChat(chat, context, ["session", "userCode"], (record) => lineRef(currentLineId(record))),

  operator: (chat, context) => fromChat(chat, context, ["operatorId"], ({ operatorId }) => userRef(operatorId)),
  managers: (chat, context) => fromChat(chat, context, ["managerIds"], ({ managerIds }) => userRefs(managerIds)),
  mutedUsers: (chat, context) =>
    fromChat(chat, context, ["mutedUserIds"], ({ mutedUserIds }) => userRefs(mutedUserIds)),
  customer: (chat, context) => customerOf(chat, context),
  crm: (chat, context) => fromChat(chat, context, ["session", "crmBindings"], crmOf),

  readMarks: (chat, context) =>
    fromChat(
      chat,
      context,
      ["readMarks"],
      ({ readMarks }) =>
        readMarks?.map((mark) => ({ ...mark, user: new User(mark.userId, named(mark.userId, mark.userName)) })) ?? null,
    ),
  lastMessageViews: (chat, context) =>
    fromChat(chat, context, ["lastMessageViews"], ({ lastMessageViews: views }) =>
      views
        ? {
            ...views,
            firstViewers: views.firstViewers.map((viewer) => ({
              ...viewer,
              user: new User(viewer.userId, named(viewer.userId, viewer.userName)),
            })),
          }
        : null,
    ),

  viewerIsMuted: (chat, context) => viewerIsMuted(chat, asViewer(context)),
  viewerCanSend: (chat, context) =>
    fromChat(chat, asViewer(context), ["viewerRole", "restrictions", "permissions"], (record) =>
      canSend(record.viewerRole ?? null, record.restrictions ?? null, record.permissions ?? null),
    ),

  currentSession: (chat, context) => fromChat(chat, context, ["session"], (record) => openSession(record)),
  latestSession: (chat, context) => latestSession(chat, context),
});

function lineRef(id: Id | null): OpenLine | null {
  return id === null ? null : new OpenLine(id);
}

function userRefs(ids: readonly Id[] | undefined): User[] | null {
  return ids?.map((id) => new User(id)) ?? null;
}

/** The portal sends a name beside some ids: with it, asking for the name costs nothing. */
function named(id: Id, name: string | null): { readonly id: Id; readonly name?: string } {
  return name === null ? { id } : { id, name };
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
  const known = context.loaders.knownChat(chat.id) ?? chat.record;
  const open = known === undefined ? null : openSession(known);
  if (open !== null) return open;
  const history = await context.loaders.history({ chatId: chat.id });
  return history === null ? null : new Session(history.sessionId, chat.id, history);
}

/**
 * `dialog.get` lists at most the caller as muted, so that a list which is not empty means the caller. Other sources list everybody: there, and
 * where such a source has been laid over the full record, only an empty list is an answer.
 */
function viewerIsMuted(chat: Chat, context: OperationContext): boolean | null | Promise<boolean | null> {
  const known = context.loaders.knownChat(chat.id) ?? chat.record;
  if (known?.mutedUserIds?.length === 0) return false;
  const isMixed = known?.participantIds !== undefined || known?.preview !== undefined;
  if (known?.source === "full" && !isMixed) return isSomebodyMuted(known);
  return context.loaders.chat(chat.id, { fresh: isMixed }).then(isSomebodyMuted);
}

function isSomebodyMuted({ mutedUserIds }: ChatRecord): boolean | null {
  return mutedUserIds === undefined ? null : mutedUserIds.length > 0;
}

async function customerOf(chat: Chat, context: OperationContext): Promise<User | null> {
  const fromCode = await fromChat(chat, context, ["userCode"], customerIdFromCode);
  if (fromCode !== null) return new User(fromCode);
  const candidates = await fromChat(chat, context, ["participantIds"], customerCandidates);
  const users = await Promise.all(candidates.map((id) => context.loaders.user(id)));
  const customer = users.find((user) => user?.isConnector === true || user?.kind === "CUSTOMER");
  return customer ? new User(customer.id, customer) : null;
}
