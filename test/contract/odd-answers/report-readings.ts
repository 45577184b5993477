import { Refused } from "../../datasources/bitrix24/scripted-portal.ts";
import { activityAnswer } from "../../fixtures/activity-examples.ts";
import * as im from "../../fixtures/im-examples.ts";
import { documented, type FieldReading, NO_HISTORY, NO_USERS, place } from "./readings.ts";

const period = '{ from: "2026-10-01T00:00:00+01:00", to: "2026-10-31T23:59:59+01:00" }';
const listed = Object(documented("imopenlines.v2.Session.list")).sessions;
const NO_REPORTS = { "imopenlines.v2.Session.list": new Refused("ERROR_METHOD_NOT_FOUND", 404) };
/** Where the walk through a period would ask for the same page again. */
const sessionsOfOnePage = { sessions: listed, hasNextPage: false };

/** What the portal's client for canned responses is sent; its documentation is the vendor's source. */
const quickReplies = {
  replies: [
    { id: 17, name: "Greeting", text: "Good morning", sectionId: 3, canEdit: true, rating: 5 },
    { id: 18, name: "Thanks", text: "Thank you", sectionId: 3, canEdit: false, rating: 2 },
  ],
  sections: [{ id: 3, name: "Everyday" }],
  permissions: { canEdit: true },
  totalCount: 2,
};

/** The reports, and what tells sessions where they are missing. */
export const reportReadings: readonly FieldReading[] = [
  {
    method: "imopenlines.v2.Session.list",
    answer: sessionsOfOnePage,
    root: "sessions",
    literals: {},
    depth: 4,
    others: NO_USERS,
    essential: place("sessions|sessions\\.\\d+(\\.(id|dateCreate))?|hasNextPage"),
  },
  {
    method: "imopenlines.v2.Session.Stat.get",
    answer: documented("imopenlines.v2.Session.Stat.get"),
    root: "sessions",
    literals: {},
    document: `{ sessions { nodes { id statistics {
      waitedForAnswerSeconds waitedForCloseSeconds messageCount operatorMessageCount customerMessageCount transferCount
      isFirstAnswerInTime customerRating supervisorRating
    } } } }`,
    others: { "imopenlines.v2.Session.list": sessionsOfOnePage },
    essential: place("sessions|sessions\\.\\d+(\\.sessionId)?"),
  },
  {
    method: "imopenlines.v2.Session.Transfer.list",
    answer: documented("imopenlines.v2.Session.Transfer.list"),
    root: "sessions",
    literals: {},
    document: `{ sessions { nodes { id transfers {
      at fromOperator { id } toOperator { id } fromLine { id } toLine { id } reason mode target initiator { id }
    } } } }`,
    others: { "imopenlines.v2.Session.list": sessionsOfOnePage },
    essential: place("transfers|transfers\\.\\d+(\\.(sessionId|date))?"),
  },
  {
    method: "imopenlines.v2.Session.Rating.list",
    answer: documented("imopenlines.v2.Session.Rating.list"),
    root: "sessionRatings",
    literals: { period },
    depth: 4,
    others: {},
    essential: place("ratings|ratings\\.\\d+(\\.sessionId)?|hasNextPage"),
  },
  {
    method: "imopenlines.v2.Operator.list",
    answer: documented("imopenlines.v2.Operator.list"),
    root: "operatorLoad",
    literals: {},
    depth: 4,
    others: {},
    essential: place("operators|operators\\.\\d+(\\.(userId|configId))?"),
  },
  {
    method: "imopenlines.v2.Stat.get",
    answer: documented("imopenlines.v2.Stat.get"),
    root: "lineStatistics",
    literals: { period },
    others: {},
    essential: place("sessionsBy(Source|Operator)\\.\\d+(\\.(source|operatorId))?"),
  },
  {
    method: "crm.activity.list",
    answer: activityAnswer,
    root: "sessions",
    literals: {},
    depth: 4,
    others: { ...NO_REPORTS, ...NO_USERS },
    essential: place("\\d+(\\.(ID|PROVIDER_ID|ASSOCIATED_ENTITY_ID|START_TIME))?"),
  },
  {
    method: "imopenlines.v2.QuickReply.list",
    answer: quickReplies,
    root: "quickReplies",
    literals: { lineId: '"7"' },
    others: {},
    essential: place("replies|replies\\.\\d+(\\.(id|text))?|sections\\.\\d+(\\.id)?"),
  },
  {
    method: "im.search.chat.list",
    answer: [im.openLineItemOnWire.chat],
    root: "chatSearch",
    literals: { text: '"guest"' },
    depth: 4,
    others: { ...NO_USERS, ...NO_HISTORY },
    essential: place("\\d+(\\.(id|entity_type|type))?"),
  },
];
