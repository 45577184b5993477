import type { NonEmptyArray } from "type-graphql";
import { BotActions } from "./bot.ts";
import { ChatPresence } from "./chat-presence.ts";
import { CrmActions } from "./crm.ts";
import { CrmEntityResolver } from "./crm-queries.ts";
import { MessageActions } from "./messages.ts";
import { NetworkActions } from "./network.ts";
import { KpiTargetFields, OpenLineBotFields, OpenLineQueueFields, OpenLineReplyFields } from "./open-line-fields.ts";
import { OpenLineMutations } from "./open-line-mutations.ts";
import { OpenLineQueries } from "./open-lines.ts";
import { OperatorActions } from "./operator-actions.ts";
import { OperatorsQuery } from "./operators.ts";
import { SessionActions } from "./session-actions.ts";
import { SessionRating } from "./session-rating.ts";
import { UpstreamResolver } from "./upstream.ts";
import { ViewerFields, ViewerQuery } from "./viewer.ts";

/** Every resolver class of the API. */
export const resolverClasses: NonEmptyArray<new () => object> = [
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
];
