import type { NonEmptyArray } from "type-graphql";
import { BotActions } from "./bot.ts";
import { ChatFields } from "./chat-fields.ts";
import { ChatLists } from "./chat-lists.ts";
import { ChatPresence } from "./chat-presence.ts";
import { ChatQueries } from "./chat-queries.ts";
import { CrmActions } from "./crm.ts";
import { CrmEntityResolver } from "./crm-queries.ts";
import { EventCursorQuery } from "./event-cursor.ts";
import { InboxQueries } from "./inbox.ts";
import {
  MessageAddedFields,
  MessageUpdatedFields,
  SessionFinishedFields,
  SessionStartedFields,
} from "./live-event-source.ts";
import { LiveSubscriptions } from "./live-subscriptions.ts";
import { FileFields, MessageFields } from "./message-fields.ts";
import { MessageActions } from "./messages.ts";
import { NetworkActions } from "./network.ts";
import { KpiTargetFields, OpenLineBotFields, OpenLineQueueFields, OpenLineReplyFields } from "./open-line-fields.ts";
import { OpenLineMutations } from "./open-line-mutations.ts";
import { OpenLineQueries } from "./open-lines.ts";
import { OperatorActions } from "./operator-actions.ts";
import { OperatorsQuery } from "./operators.ts";
import { SessionActions } from "./session-actions.ts";
import { SessionFields, SessionLists } from "./session-fields.ts";
import { SessionRating } from "./session-rating.ts";
import { UpstreamResolver } from "./upstream.ts";
import { UserFields } from "./user-fields.ts";
import { UserQueries } from "./users.ts";
import { ViewerFields, ViewerQuery } from "./viewer.ts";

/** Every resolver class of the API. */
export const resolverClasses: NonEmptyArray<new () => object> = [
  ChatQueries,
  ChatFields,
  ChatLists,
  SessionFields,
  SessionLists,
  MessageFields,
  FileFields,
  UserQueries,
  UserFields,
  InboxQueries,
  UpstreamResolver,
  OpenLineQueries,
  OpenLineQueueFields,
  OpenLineBotFields,
  OpenLineReplyFields,
  KpiTargetFields,
  OpenLineMutations,
  ViewerQuery,
  ViewerFields,
  CrmEntityResolver,
  OperatorsQuery,
  OperatorActions,
  SessionActions,
  SessionRating,
  MessageActions,
  ChatPresence,
  CrmActions,
  BotActions,
  NetworkActions,
  EventCursorQuery,
  LiveSubscriptions,
  MessageAddedFields,
  MessageUpdatedFields,
  SessionStartedFields,
  SessionFinishedFields,
];
