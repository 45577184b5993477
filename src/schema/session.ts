import { Directive, Field, ID, Int, ObjectType } from "type-graphql";
import type { Id } from "../datasources/domain/ids.ts";
import type { SessionHistory } from "../datasources/domain/session.ts";
import { Chat } from "./chat.ts";
import { FileConnection } from "./file.ts";
import { MessageConnection } from "./message.ts";
import { OpenLine } from "./open-line.ts";
import { RestField } from "./rest-field.ts";
import { DateTime } from "./scalars.ts";
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

/** Reference to a session; `history` is there when it was already downloaded. */
@ObjectType({
  simpleResolvers: true,
  description:
    "One conversation within a chat, from its first message until it is closed. `id`, `chat`, `isCurrent` and `startedAt` cost at most the chat's record. Any other field downloads the whole history, once per operation and kept a few seconds for paging (`imopenlines.session.history.get`). Who closed it and when, its status and the customer's rating are not told by REST.",
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

  @DialogField(() => DateTime, "When it began; told for the open session only, null otherwise.")
  readonly startedAt?: Date | null;

  @HistoryField(
    () => Int,
    "The supervisor's rating, 1..5; null when not rated. Downloads the history (`imopenlines.session.history.get`).",
  )
  readonly supervisorRating?: number | null;

  @HistoryField(() => String, "The supervisor's comment. Downloads the history.")
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
