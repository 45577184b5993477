import { Directive, Field, ID, Int, ObjectType } from "type-graphql";
import type { Id } from "../datasources/domain/ids.ts";
import type { SessionHistory } from "../datasources/domain/session.ts";
import type { CloseReason, CustomerRating, SessionState } from "../datasources/domain/session-record.ts";
import { Chat } from "./chat.ts";
import { Connector } from "./connector.ts";
import { CrmEntity } from "./crm-entity.ts";
import { FileConnection } from "./file.ts";
import { MessageConnection } from "./message.ts";
import { OpenLine } from "./open-line.ts";
import { RestField } from "./rest-field.ts";
import { DateTime } from "./scalars.ts";
import {
  CloseReasonEnum,
  CustomerRatingEnum,
  SessionStateEnum,
  SessionStatistics,
  SessionTransfer,
} from "./session-details.ts";
import { User } from "./user.ts";

@ObjectType({ simpleResolvers: true, description: "Participants of a session who belong to one department." })
export class SessionDepartment {
  @Field(() => ID, { description: "The portal's id of the department." })
  readonly id!: Id;

  @Field(() => [User], { description: "Its members among the participants." })
  readonly users!: readonly User[];
}

const DialogField = (type: () => object, description: string): PropertyDecorator =>
  RestField("imopenlines.dialog.get", type, description);

const HistoryField = (type: () => object, description: string): PropertyDecorator =>
  RestField("imopenlines.session.history.get", type, description);

/** Told by every list; for a session by its id looked up in turn. */
const ActivityField = (type: () => object, description: string): PropertyDecorator =>
  RestField("crm.activity.list", type, description, ["imopenlines.v2.Session.list", "imopenlines.session.history.get"]);

/** Told by the reports alone. */
const ReportField = (type: () => object, description: string): PropertyDecorator =>
  RestField("imopenlines.v2.Session.list", type, description, ["crm.activity.list", "imopenlines.session.history.get"]);

/** Told by the list of the reports, and for a session by its id by its figures. */
const FigureField = (type: () => object, description: string): PropertyDecorator =>
  RestField("imopenlines.v2.Session.Stat.get", type, description);

/** Reference to a session; `history` is there when it was already downloaded. */
@ObjectType({
  simpleResolvers: true,
  description:
    "One conversation within a chat, from its first message until it is closed. What a list told of it costs nothing more, `statistics` and `transfers` are read for a page together. Of a session by its id, `chat`, `isCurrent` and, while it is open, `startedAt` cost at most the chat's record; what lists tell comes from its entry in the CRM (`crm.activity.list`), else from the reports, which are searched in the hour around its first message (`imopenlines.v2.Session.list`). `participants`, `files`, `messages` and what the viewer may do download the whole history, once per operation and kept a few seconds for paging (`imopenlines.session.history.get`).",
})
export class Session {
  @Field(() => ID, { description: "The portal's id of the session." })
  readonly id: Id;

  /** The chat, where the source of this reference told it. */
  readonly chatId: Id | undefined;
  readonly history: SessionHistory | undefined;

  constructor(id: Id, chatId?: Id, history?: SessionHistory) {
    this.id = id;
    this.chatId = chatId;
    this.history = history;
  }

  @DialogField(() => Chat, "Its chat (`imopenlines.dialog.get`).")
  readonly chat?: Chat | null;

  @DialogField(() => Boolean, "Whether it is the chat's open session.")
  readonly isCurrent?: boolean | null;

  @RestField(
    "imopenlines.dialog.get",
    () => DateTime,
    "When it began. From a CRM activity: when it was entered there, which may be later.",
    ["crm.activity.list", "imopenlines.v2.Session.list", "imopenlines.session.history.get"],
  )
  readonly startedAt?: Date | null;

  @ActivityField(() => DateTime, "When it was closed; null while it is open.")
  readonly closedAt?: Date | null;

  @ReportField(() => DateTime, "When it was first answered, by a bot or an operator; null before.")
  readonly firstAnsweredAt?: Date | null;

  @ReportField(() => DateTime, "When an operator first answered; null before.")
  readonly operatorAnsweredAt?: Date | null;

  @ActivityField(() => SessionStateEnum, "How far it has come.")
  readonly state?: SessionState | null;

  @ReportField(() => CloseReasonEnum, "Why it was closed; null while it is open.")
  readonly closeReason?: CloseReason | null;

  @ActivityField(
    () => User,
    "The responsible operator; null when nobody took it. A CRM activity tells who is responsible for the activity, which follows the operator only where the line is set so.",
  )
  readonly operator?: User | null;

  @ActivityField(() => OpenLine, "Its line.")
  readonly line?: OpenLine | null;

  @ActivityField(() => Connector, "Its channel, where the customer's code names it.")
  readonly connector?: Connector | null;

  @ActivityField(
    () => String,
    "Code of its channel in statistics, such as `livechat`. For channels that come with the portal it may differ from the connector's.",
  )
  readonly sourceCode?: string | null;

  @ActivityField(() => User, "The customer. CRM activities tell customers of live chats only.")
  readonly customer?: User | null;

  @ActivityField(
    () => String,
    "The customer's code: `connector|line|chat|user`, or what identifies the customer in the channel alone, whichever the portal writes.",
  )
  readonly userCode?: string | null;

  @ActivityField(() => CrmEntity, "The CRM item it belongs to; null without one, and where the caller may not see it.")
  readonly crmEntity?: CrmEntity | null;

  @FigureField(() => CustomerRatingEnum, "The customer's rating; null when not rated.")
  readonly customerRating?: CustomerRating | null;

  @FigureField(() => Int, "Seconds until the first answer; null while there is none.")
  readonly waitedForAnswerSeconds?: number | null;

  @FigureField(() => Int, "Seconds until it was closed; null while it is open.")
  readonly waitedForCloseSeconds?: number | null;

  @FigureField(
    () => Boolean,
    "Whether the first answer came within the line's target; null where that is not measured.",
  )
  readonly isFirstAnswerInTime?: boolean | null;

  @FigureField(() => Int, "How many messages it has, those of the system too.")
  readonly messageCount?: number | null;

  @FigureField(() => Int, "How often it was handed over.")
  readonly queueTransferCount?: number | null;

  @RestField(
    "imopenlines.v2.Session.Stat.get",
    () => SessionStatistics,
    "Figures of the session; null where the caller may not know them. Read for a hundred sessions together (`imopenlines.v2.Session.Stat.get`).",
  )
  readonly statistics?: SessionStatistics | null;

  @RestField(
    "imopenlines.v2.Session.Transfer.list",
    () => [SessionTransfer],
    "How it was handed over, oldest first; empty too where the caller may not know it. Read for fifty sessions together (`imopenlines.v2.Session.Transfer.list`).",
  )
  readonly transfers?: SessionTransfer[] | null;

  @HistoryField(
    () => Int,
    "The supervisor's rating, 1..5; null when not rated, and in a list where plan or rights hide it. Of a session that no list told, downloads the history (`imopenlines.session.history.get`).",
  )
  readonly supervisorRating?: number | null;

  @HistoryField(() => String, "The supervisor's comment, as with the rating.")
  readonly supervisorComment?: string | null;

  @HistoryField(() => Boolean, "Whether the caller may rate it with `sessionRate`. Downloads the history.")
  readonly viewerCanRate?: boolean | null;

  @HistoryField(() => Boolean, "Whether the caller may join with `chatJoin`. Downloads the history.")
  readonly viewerCanJoin?: boolean | null;

  @HistoryField(
    () => [OpenLine],
    "Lines whose sessions the caller may rate, as far as this session's answer tells. Downloads the history.",
  )
  readonly viewerRateableLines?: OpenLine[] | null;

  @HistoryField(() => [User], "Who takes part, customer included; names come with the answer. Downloads the history.")
  readonly participants?: User[] | null;

  @HistoryField(
    () => [SessionDepartment],
    "The participants by department; who belongs to several stands in each. Downloads the history.",
  )
  readonly departments?: SessionDepartment[] | null;

  @HistoryField(
    () => [User],
    "Participants who belong to none of those departments, where the portal lists them. Downloads the history.",
  )
  readonly usersWithoutDepartment?: User[] | null;

  @HistoryField(() => [User], "Who has switched the chat's notifications off. Downloads the history.")
  readonly mutedUsers?: User[] | null;

  @Directive('@rest(method: "imopenlines.session.history.get")')
  @Field(() => FileConnection, {
    nullable: true,
    description:
      "Files of the session, oldest first. Page size 1..100, 50 by default; the portal has no paging here: the history is downloaded whole (`imopenlines.session.history.get`).",
  })
  readonly files?: unknown;

  @Directive('@rest(method: "imopenlines.session.history.get")')
  @Field(() => MessageConnection, {
    nullable: true,
    description:
      "Messages of the session, oldest first in a page, HTML included, readable without joining the chat. `last/before` walks back, `first/after` walks forward; neither means the last 50. Page size 1..100; the portal has no paging here: the whole session is downloaded (`imopenlines.session.history.get`).",
  })
  readonly messages?: unknown;
}
