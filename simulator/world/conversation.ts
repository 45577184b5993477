import { refreshActivity } from "./activities.ts";
import { lineSettings } from "./line-settings.ts";
import { joinChat } from "./members.ts";
import { addMessage, addSystemMessage, deleteMessage, editMessage, type MessageDraft } from "./messages.ts";
import { type Chat, type Message, type Session, SessionStatus } from "./records.ts";
import { closeSession, scheduleEnd, startSession, touch } from "./sessions.ts";
import type { WorldState } from "./state.ts";

const voteGood = 5;
const voteBad = 1;

/** A rating by text: "1" or "0", alone or before a space. */
function voteIn(text: string): number | undefined {
  const match = /^([01])(\s|$)/.exec(text);
  if (!match) return undefined;
  return match[1] === "1" ? voteGood : voteBad;
}

function acceptVote(state: WorldState, chat: Chat, session: Session, vote: number): void {
  const line = lineSettings(state, session.lineId);
  session.vote = vote;
  session.votedAt = state.now();
  session.waitVote = false;
  const thanks = vote === voteGood ? line?.voteThanksGood : line?.voteThanksBad;
  if (thanks) addMessage(state, chat, { authorId: session.operatorId, text: thanks });
  if (!session.closed && line?.closesAfterVote) closeSession(state, chat, session);
  else if (!session.closed) touch(state, session);
}

/** The session a customer's message belongs to: the open one, the last one if he rates it late, else a new one. */
function sessionFor(state: WorldState, chat: Chat, text: string): Session {
  const open = state.openSession(chat.id);
  if (open) return open;
  const last = state.lastSession(chat.id);
  if (last?.waitVote && voteIn(text) !== undefined) {
    last.closed = false;
    last.status = SessionStatus.waitingForCustomer;
    last.waitAction = true;
    last.endId = 0;
    last.closedAt = null;
    chat.data.sessionId = last.id;
    scheduleEnd(state, last);
    return last;
  }
  return startSession(state, chat, { mode: "input", operatorId: 0 });
}

/** A message from the customer, through the channel: opens a session if none is open and moves its status. */
export function customerWrites(state: WorldState, chat: Chat, text: string, fileIds: readonly number[] = []): Message {
  const session = sessionFor(state, chat, text);
  joinChat(state, chat, [chat.customerId]);
  const message = addMessage(state, chat, { authorId: chat.customerId, text, fileIds });
  const vote = session.waitVote ? voteIn(text) : undefined;
  if (vote !== undefined) {
    acceptVote(state, chat, session, vote);
    return message;
  }
  if (session.waitAction) {
    session.waitAction = false;
    session.waitVote = false;
    session.closeReason = null;
    chat.data.waitAction = false;
  }
  if (!session.waitAnswer) {
    const { customerWroteAgain, customerWaits, operatorReplied } = SessionStatus;
    session.status = session.status >= operatorReplied ? customerWroteAgain : customerWaits;
  }
  for (const userId of chat.members.keys()) chat.recents.add(userId);
  scheduleEnd(state, session);
  touch(state, session);
  return message;
}

/** A message of an operator or bot: goes to the channel unless hidden mode is on, and moves the session's status. */
export function staffWrites(state: WorldState, chat: Chat, draft: MessageDraft): Message {
  if (chat.kind !== "lines" || draft.authorId === 0) return addMessage(state, chat, draft);
  const session =
    state.openSession(chat.id) ?? startSession(state, chat, { mode: "output", operatorId: draft.authorId });
  const message = addMessage(state, chat, draft);
  if (session.waitAnswer) session.status = SessionStatus.customerWaits;
  else if (session.waitAction) session.status = SessionStatus.waitingForCustomer;
  else session.status = SessionStatus.operatorReplied;
  session.firstAnswerAt ??= message.createdAt;
  if (state.users.get(draft.authorId)?.kind === "staff") session.firstReplyAt ??= message.createdAt;
  scheduleEnd(state, session);
  if (session.status >= SessionStatus.answered && !session.waitAction) refreshActivity(state, session);
  touch(state, session);
  return message;
}

/** The line's greeting, sent on behalf of the line. */
export function sendWelcome(state: WorldState, chat: Chat): void {
  const line = lineSettings(state, chat.data.lineId);
  if (line && line.welcomeText !== "") addSystemMessage(state, chat, line.welcomeText, { IMPORTANT_CONNECTOR: "Y" });
}

/** The customer corrects what he wrote, through the channel. */
export function customerEdits(state: WorldState, message: Message, text: string): void {
  editMessage(state, message, text);
}

export function customerDeletes(state: WorldState, message: Message): void {
  deleteMessage(state, message);
}
