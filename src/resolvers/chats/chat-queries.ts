import { type GraphQLResolveInfo, getArgumentValues, getNamedType, isObjectType } from "graphql";
import { Arg, Ctx, Directive, Info, Query, Resolver } from "type-graphql";
import type { Id } from "../../datasources/domain/ids.ts";
import { sessionOpen } from "../../datasources/imopenlines/dialog.ts";
import { Chat } from "../../schema/chat.ts";
import { ChatLookup, parseChatLookup, parseSessionLookup, SessionLookup } from "../../schema/chat-lookups.ts";
import type { Window } from "../../schema/pagination.ts";
import { Session } from "../../schema/session.ts";
import type { OperationContext } from "../engine/context.ts";
import { lookAhead, type Selection } from "../engine/lookahead.ts";
import { sessionById } from "../sessions/session-lookup.ts";
import { beginMessages, parseMessagePaging } from "./chat-messages.ts";

/** Fields of a session that the chat's record, lists of sessions and their figures answer. */
const WITHOUT_HISTORY: ReadonlySet<string> = new Set(
  (
    "id chat isCurrent startedAt closedAt firstAnsweredAt operatorAnsweredAt state closeReason operator line connector sourceCode customer " +
    "userCode crmEntity customerRating waitedForAnswerSeconds waitedForCloseSeconds isFirstAnswerInTime messageCount queueTransferCount " +
    "statistics transfers"
  ).split(" "),
);

@Resolver()
export class ChatQueries {
  @Directive('@rest(method: "imopenlines.dialog.get")')
  @Directive('@rest(method: "imopenlines.session.open")')
  @Directive('@rest(method: "imopenlines.session.history.get")')
  @Directive('@rest(method: "im.dialog.messages.get")')
  @Query(() => Chat, {
    nullable: true,
    description:
      "One chat, by its id, by any of its sessions, or by the customer's code. For everybody who may join the chat, who may read the CRM item it is saved in, or who takes part; a chat that does not exist and one that the caller may not see are refused alike: NOT_FOUND_OR_FORBIDDEN. One call; by user code with nothing but the id selected a lighter one (`imopenlines.session.open`); what is selected of its sessions, and by id its messages where the caller is known to take part (from a list, or from a look in the last ten minutes), rides along in the same request (`imopenlines.dialog.get`).",
  })
  async chat(
    @Arg("by", () => ChatLookup, { description: "Exactly one way to name the chat." }) by: ChatLookup,
    @Ctx() context: OperationContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<Chat> {
    const { loaders, portal } = context;
    const lookup = parseChatLookup(by);
    const selection = lookAhead(info);
    switch (lookup.key) {
      case "id": {
        const record = loaders.chats.load(lookup.chatId);
        if (needsNewestHistory(selection)) beginEarly(loaders.histories.load({ chatId: lookup.chatId }));
        for (const window of messageWindows(selection, info)) beginMessages(lookup.chatId, window, context);
        return new Chat((await record).id);
      }
      case "sessionId": {
        const record = loaders.chats.bySession(lookup.sessionId);
        if (needsHistory(selection.child("currentSession")))
          beginEarly(loaders.histories.load({ sessionId: lookup.sessionId }));
        return new Chat((await record).id);
      }
      case "userCode": {
        const { userCode } = lookup;
        if (selection.isIdOnly) return new Chat(await portal.read(sessionOpen(userCode)));
        const record = needsNewestHistory(selection)
          ? loaders.chatWithHistory(userCode)
          : loaders.chats.byUserCode(userCode);
        return new Chat((await record).id);
      }
    }
  }

  @Directive('@rest(method: "imopenlines.session.history.get")')
  @Directive('@rest(method: "imopenlines.dialog.get")')
  @Directive('@rest(method: "crm.activity.list")')
  @Query(() => Session, {
    nullable: true,
    description:
      "One session, by its id, or the newest of a chat. For its operator and for everybody who may read that operator's history or the CRM item it is saved in; by its id also for whoever may see its entry in the CRM, as far as that tells (`crm.activity.list`); others get NOT_FOUND_OR_FORBIDDEN, as for a session that does not exist. Null for a chat that never had a session. Downloads the whole history, messages, users and files included, where something is selected that only that tells (`imopenlines.session.history.get`).",
  })
  async session(
    @Arg("by", () => SessionLookup, { description: "Exactly one way to name the session." }) by: SessionLookup,
    @Ctx() context: OperationContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<Session | null> {
    const { loaders } = context;
    const lookup = parseSessionLookup(by);
    const isCheap = !needsHistory(lookAhead(info));
    switch (lookup.key) {
      case "id":
        return sessionById(lookup.sessionId, context, !isCheap);
      case "chatId": {
        // A session that is open is the newest one, and the chat's record names it.
        const open = isCheap ? (await loaders.chats.load(lookup.chatId)).session?.sessionId : undefined;
        if (open) return new Session(open, lookup.chatId);
        return sessionOf(await loaders.histories.load({ chatId: lookup.chatId }));
      }
    }
  }
}

function sessionOf(history: Session["history"] | null): Session | null {
  return history ? new Session(history.sessionId, history.chatId, history) : null;
}

function needsHistory(session: Selection): boolean {
  return !session.hasOnly(WITHOUT_HISTORY);
}

/** Whether a download of the chat's newest session is sure to be wanted. */
function needsNewestHistory(chat: Selection): boolean {
  return needsHistory(chat.child("currentSession")) || needsHistory(chat.child("latestSession"));
}

/** The pages of messages that are selected of a chat. Arguments that cannot be meant are left to the field, whose error they are. */
function messageWindows(chat: Selection, info: GraphQLResolveInfo): Window<Id>[] {
  const type = getNamedType(info.returnType);
  const field = isObjectType(type) ? type.getFields().messages : undefined;
  if (field === undefined) return [];
  return chat.occurrences("messages").flatMap((node) => {
    try {
      return parseMessagePaging(getArgumentValues(field, node, info.variableValues));
    } catch {
      return [];
    }
  });
}

/** Sends a read in this turn. The field that wants it asks the loaders again and gets its failure, if any, then. */
function beginEarly(read: Promise<unknown>): void {
  read.catch(() => undefined);
}
