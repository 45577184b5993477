import type { NonEmptyArray } from "type-graphql";
import { BotActions } from "./bots/bot-actions.ts";
import { NetworkActions } from "./bots/network-actions.ts";
import { chatFields } from "./chats/chat-fields.ts";
import { ChatLists } from "./chats/chat-lists.ts";
import { chatPayloadFields } from "./chats/chat-payload-fields.ts";
import { ChatPresence } from "./chats/chat-presence.ts";
import { ChatQueries } from "./chats/chat-queries.ts";
import { ChatSearch } from "./chats/chat-search.ts";
import { inboxItemFields } from "./chats/inbox-fields.ts";
import { InboxQueries } from "./chats/inbox-query.ts";
import { OperatorActions } from "./chats/operator-actions.ts";
import { CrmActions } from "./crm/crm-actions.ts";
import { CrmEntityResolver } from "./crm/crm-queries.ts";
import type { FieldTable } from "./engine/field-table.ts";
import { UpstreamResolver } from "./engine/upstream-query.ts";
import { FileActions } from "./files/file-actions.ts";
import {
  kpiTargetFields,
  openLineBotFields,
  openLineFields,
  openLineQueueFields,
  openLineReplyFields,
  operatorIdentityFields,
  queueMemberFields,
} from "./lines/open-line-fields.ts";
import { OpenLineMutations } from "./lines/open-line-mutations.ts";
import { OpenLineQueries } from "./lines/open-line-queries.ts";
import { deliveredEventFields } from "./live/delivered-event-fields.ts";
import { EventCursorQuery } from "./live/event-cursor.ts";
import { InboxSubscription } from "./live/inbox-subscription.ts";
import { LiveSubscriptions } from "./live/live-subscriptions.ts";
import { MessageActions } from "./messages/message-actions.ts";
import {
  attachmentCellFields,
  attachmentFields,
  attachmentFileFields,
  attachmentLinkFields,
  attachmentPersonFields,
  attachmentPictureFields,
  attachmentTextFields,
  chatMessageSendFields,
  fileFields,
  MessageReplies,
  messageFields,
} from "./messages/message-fields.ts";
import { QuickReplyQueries } from "./messages/quick-reply-query.ts";
import { OperatorsQuery } from "./people/operator-queries.ts";
import { userFields } from "./people/user-fields.ts";
import { UserQueries } from "./people/user-queries.ts";
import { ViewerQuery, viewerFields } from "./people/viewer.ts";
import { capabilityFields } from "./people/viewer-capabilities.ts";
import { ChatSessionLists, CrmEntitySessions } from "./sessions/related-sessions.ts";
import { ReportQueries } from "./sessions/report-queries.ts";
import { SessionActions } from "./sessions/session-actions.ts";
import { SessionLists, sessionFields } from "./sessions/session-fields.ts";
import { SessionQueries } from "./sessions/session-queries.ts";
import { SessionRating, sessionRateFields } from "./sessions/session-rating.ts";

/** Every resolver class of the API. */
export const resolverClasses: NonEmptyArray<new () => object> = [
  ChatQueries,
  ChatSearch,
  QuickReplyQueries,
  ChatLists,
  SessionLists,
  SessionQueries,
  CrmEntitySessions,
  ChatSessionLists,
  ReportQueries,
  UserQueries,
  InboxQueries,
  UpstreamResolver,
  OpenLineQueries,
  OpenLineMutations,
  ViewerQuery,
  CrmEntityResolver,
  OperatorsQuery,
  OperatorActions,
  SessionActions,
  SessionRating,
  MessageActions,
  MessageReplies,
  FileActions,
  ChatPresence,
  CrmActions,
  BotActions,
  NetworkActions,
  EventCursorQuery,
  LiveSubscriptions,
  InboxSubscription,
];

/** Every field table of the API. */
export const fieldTables: readonly FieldTable[] = [
  chatFields,
  inboxItemFields,
  chatPayloadFields,
  sessionFields,
  messageFields,
  attachmentFields,
  attachmentTextFields,
  attachmentCellFields,
  attachmentLinkFields,
  attachmentPictureFields,
  attachmentFileFields,
  attachmentPersonFields,
  fileFields,
  userFields,
  openLineFields,
  openLineQueueFields,
  queueMemberFields,
  operatorIdentityFields,
  openLineBotFields,
  openLineReplyFields,
  kpiTargetFields,
  viewerFields,
  capabilityFields,
  chatMessageSendFields,
  sessionRateFields,
  ...deliveredEventFields,
];
