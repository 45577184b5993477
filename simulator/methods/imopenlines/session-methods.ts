import { phpText } from "../../php-value.ts";
import { RestError } from "../../rest-error.ts";
import { joinDialog, pin, pinAll, restartFromMessage, setSilent, startDialog } from "../../world/operator-actions.ts";
import { maySeeDialog, openDialog } from "../dialog-access.ts";
import { blankError, localisedError } from "../localised-errors.ts";
import { type Call, type Method, read, write } from "../method.ts";
import { intParam, isEmptyParam, textParam } from "../param-reading.ts";

const scope = "imopenlines";
const commentLimit = 10_000;

const sessionOpen = read("imopenlines.session.open", scope, ({ world, params, userId, portal }) => {
  if (world.users.get(userId)?.extranet) throw blankError();
  const chat = world.chatsByUserCode.get(textParam(params, "USER_CODE"));
  if (!chat || !(chat.ownerId === userId || maySeeDialog(world, userId, chat))) {
    throw localisedError("ACCESS_DENIED", portal.language);
  }
  return { chatId: String(chat.id) };
});

const sessionJoin = write("imopenlines.session.join", scope, (call) => {
  joinDialog(call.world, openDialog(call, intParam(call.params, "CHAT_ID")), call.userId);
  return true;
});

const sessionStart = write("imopenlines.session.start", scope, (call) => {
  startDialog(call.world, openDialog(call, intParam(call.params, "CHAT_ID")), call.userId);
  return true;
});

const messageSessionStart = write("imopenlines.message.session.start", scope, (call) => {
  const chat = openDialog(call, intParam(call.params, "CHAT_ID"));
  const message = call.world.messages.get(intParam(call.params, "MESSAGE_ID"));
  if (message?.chatId === chat.id) restartFromMessage(call.world, chat, message, call.userId);
  return true;
});

const quickSave = write("imopenlines.message.quick.save", scope, (call) => {
  const { world, params, userId, portal } = call;
  const chat = openDialog(call, intParam(params, "CHAT_ID"));
  const message = world.messages.get(intParam(params, "MESSAGE_ID"));
  const refused = localisedError("CANT_SAVE_QUICK_ANSWER", portal.language);
  if (!message) throw refused;
  openDialog(call, message.chatId);
  const session = world.openSession(chat.id);
  if (!session || !world.rights.has(userId, "QUICK_ANSWERS", session.lineId)) throw refused;
  const known = world.quickAnswers.find(
    (answer) => answer.lineId === session.lineId && (answer.messageId === message.id || answer.text === message.text),
  );
  if (known) {
    known.text = message.text;
    known.messageId = message.id;
    return true;
  }
  world.quickAnswers.push({
    id: world.next.quickAnswer++,
    lineId: session.lineId,
    messageId: message.id,
    name: message.text.slice(0, 60),
    text: message.text,
    sectionId: 0,
    rating: 0,
  });
  return true;
});

function pinDialog(call: Call, pinned: boolean): boolean {
  if (isEmptyParam(call.params, "CHAT_ID")) throw new RestError("CHAT_ID_EMPTY", "Chat ID can't be empty");
  const chat = openDialog(call, intParam(call.params, "CHAT_ID"));
  if (!pin(call.world, chat, call.userId, pinned)) throw blankError();
  return true;
}

const modePin = write("imopenlines.session.mode.pin", scope, (call) => pinDialog(call, call.params.ACTIVATE !== "N"));

const modePinAll = write("imopenlines.session.mode.pinAll", scope, ({ world, userId }) => pinAll(world, userId, true));

const modeUnpinAll = write("imopenlines.session.mode.unpinAll", scope, ({ world, userId }) =>
  pinAll(world, userId, false),
);

const modeSilent = write("imopenlines.session.mode.silent", scope, (call) => {
  const chat = openDialog(call, intParam(call.params, "CHAT_ID"));
  setSilent(call.world, chat, call.userId, call.params.ACTIVATE === "Y");
  return true;
});

/** PHP's truth of a trimmed parameter: "" and "0" count as not given. */
function given(value: unknown): string | undefined {
  const text = phpText(value).trim();
  return text === "" || text === "0" ? undefined : text;
}

const headVote = write("imopenlines.session.head.vote", scope, ({ world, params, userId, portal }) => {
  if (isEmptyParam(params, "SESSION_ID")) throw new RestError("EMPTY_SESSION_ID", "Session ID can't be empty");
  const rating = given(params.RATING);
  const comment = given(params.COMMENT);
  if (rating === undefined && comment === undefined) {
    throw new RestError("EMPTY_VOTE_PARAMS", "At least one of the parameters RATING or COMMENT must be specified");
  }
  const session = world.sessions.get(intParam(params, "SESSION_ID"));
  if (!session || !world.rights.has(userId, "VOTE_HEAD", session.lineId)) {
    throw localisedError("ACCESS_DENIED", portal.language);
  }
  if (rating !== undefined) {
    const vote = intParam(params, "RATING");
    session.voteHead = vote > 5 ? 0 : vote;
  }
  // The handler always hands a comment over: a rating without one erases what was written before.
  const text = comment ?? "";
  session.commentHead = text.length > commentLimit ? `${text.slice(0, commentLimit)}...` : text;
  return true;
});

export const sessionMethods: readonly Method[] = [
  sessionOpen,
  sessionJoin,
  sessionStart,
  messageSessionStart,
  quickSave,
  modePin,
  modePinAll,
  modeUnpinAll,
  modeSilent,
  headVote,
];
