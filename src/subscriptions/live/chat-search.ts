import type { PortalSession } from "../../datasources/bitrix24/calls.ts";
import { PortalRefusal } from "../../datasources/bitrix24/errors.ts";
import { isCanonicalId } from "../../datasources/bitrix24/wire.ts";
import type { ChatRecord } from "../../datasources/domain/chat.ts";
import type { Id } from "../../datasources/domain/ids.ts";
import { formatUserCode } from "../../datasources/domain/user-code.ts";
import { chatUserList } from "../../datasources/im/members.ts";
import { dialogGet } from "../../datasources/imopenlines/dialog.ts";
import { refusalClass } from "../../refusals/refusal-table.ts";
import type { ExternalPlace } from "./chat-facts.ts";

/** Chats that events told about; at most a few are worth a question. */
export interface KnownChats {
  readonly at: readonly Id[];
  readonly of: readonly Id[];
  /** The chat that the event itself names beside the channel's, if its number is the portal's. */
  readonly named: Id | null;
}

const LIVE_CHAT = "livechat";
/** What connectors whose chats have many customers write in place of one. */
const EVERYBODY = "0";
const MAX_QUESTIONS_BY_ID = 5;

/**
 * Looks for the chat in the portal. The user code `connector|line|chat|user` needs the customer's id in the channel, which events do not
 * carry; it is the portal's user id on live chat, 0 for chats with many customers, and elsewhere has to be guessed or found by what events
 * told. All guesses ride in one batch. A guess that the customer's own id does not decide counts only if the customer is a participant,
 * because a chat of the same place may be another customer's. Rejects with errors of `errors.ts`; null when there is no such chat or the
 * credential does not see it.
 */
export async function searchChat(
  portal: PortalSession,
  place: ExternalPlace,
  known: KnownChats,
): Promise<ChatRecord | null> {
  const ofOneself = formatUserCode({ ...place, externalUserId: place.externalChatId });
  const sure = sureCodes(place);
  const toProve = sure.includes(ofOneself) ? [] : [ofOneself];
  const named = namedIds(place, known);
  const byId = [...new Set([...named, ...known.of, ...known.at])].slice(0, MAX_QUESTIONS_BY_ID);

  const [sureChats, unsureChats] = await Promise.all([
    Promise.all(sure.map((userCode) => dialogOrNull(portal, { userCode }))),
    Promise.all([
      ...toProve.map((userCode) => dialogOrNull(portal, { userCode })),
      ...byId.map((chatId) => dialogOrNull(portal, { chatId })),
    ]),
  ]);
  for (const [index, chat] of sureChats.entries()) {
    if (chat !== null && chat.userCode?.raw === sure[index]) return chat;
  }
  const atPlace = new Map(unsureChats.flatMap((chat) => (chat !== null && isAt(place, chat) ? [[chat.id, chat]] : [])));
  for (const chat of atPlace.values()) if (known.of.includes(chat.id)) return chat;
  for (const chat of unsureChats) {
    const isNamed = chat !== null && named.includes(chat.id) && isOnLine(place, chat);
    if (isNamed && (await isOfCustomer(portal, chat, place))) return chat;
  }
  const withCustomer = await Promise.all(
    [...atPlace.values()].map(async (chat) => ((await isParticipant(portal, chat.id, place.customerId)) ? chat : null)),
  );
  const found = withCustomer.filter((chat) => chat !== null);
  return found.length === 1 ? (found[0] ?? null) : null;
}

/** Of two numbers beside each other the documentation does not tell which is the portal's chat and which the channel's. */
function namedIds({ externalChatId }: ExternalPlace, { named }: KnownChats): readonly Id[] {
  if (named === null) return [];
  return isCanonicalId(externalChatId) && externalChatId !== named ? [named, externalChatId] : [named];
}

/** User codes that are nobody else's: a chat that has one of them is the place's, the first first. */
export function sureCodes(place: ExternalPlace): readonly string[] {
  const ofCustomer = formatUserCode({ ...place, externalUserId: place.customerId });
  const ofEverybody = formatUserCode({ ...place, externalUserId: EVERYBODY });
  return place.connectorId === LIVE_CHAT ? [ofCustomer, ofEverybody] : [ofEverybody, ofCustomer];
}

/** Ids of a channel may contain pipes, so that the code is compared as a whole up to the customer. */
function isAt(place: ExternalPlace, { userCode }: ChatRecord): boolean {
  return userCode?.raw.startsWith(formatUserCode({ ...place, externalUserId: "" })) ?? false;
}

function isOnLine({ connectorId, lineId }: ExternalPlace, { userCode }: ChatRecord): boolean {
  return userCode?.connectorId === connectorId && userCode.lineId === lineId;
}

async function isOfCustomer(portal: PortalSession, chat: ChatRecord, { customerId }: ExternalPlace): Promise<boolean> {
  return chat.userCode?.externalUserId === customerId || (await isParticipant(portal, chat.id, customerId));
}

async function dialogOrNull(
  portal: PortalSession,
  lookup: { readonly userCode: string } | { readonly chatId: Id },
): Promise<ChatRecord | null> {
  try {
    return await portal.read(dialogGet(lookup));
  } catch (error) {
    if (isAboutTheChat(error)) return null;
    throw error;
  }
}

async function isParticipant(portal: PortalSession, chatId: Id, userId: string): Promise<boolean> {
  try {
    return (await portal.read(chatUserList(chatId))).includes(userId);
  } catch (error) {
    if (isAboutTheChat(error)) return false;
    throw error;
  }
}

function isAboutTheChat(error: unknown): boolean {
  return error instanceof PortalRefusal && refusalClass(error) === "business";
}
