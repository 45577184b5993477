import { Directive, Field, ID, Int, ObjectType } from "type-graphql";
import type { Id } from "../datasources/domain/ids.ts";
import { QueueEntryTypeEnum, QueueTypeEnum } from "./open-line-enums.ts";
import { AbsoluteUrl } from "./scalars.ts";
import { User } from "./user.ts";

@ObjectType({
  simpleResolvers: true,
  description:
    "An operator of a line's queue: active employees only, departments expanded. The `display…` fields are what customers see when the line's `operatorIdentity.mode` is `QUEUE`; null means nothing was set for this operator.",
})
export class QueueMember {
  readonly userId!: Id;

  @Field(() => User, { description: "The operator (`QUEUE`)." })
  readonly user!: User;

  @Field(() => ID, { nullable: true, description: "The portal's id of this row of the queue (`QUEUE_FULL.ID`)." })
  readonly entryId!: Id | null;

  @Field(() => Int, { nullable: true, description: "Place in the queue, from 0 (`QUEUE_FULL.SORT`)." })
  readonly position!: number | null;

  @Field(() => ID, {
    nullable: true,
    description:
      "The department that brought the operator into the queue; null when added directly (`QUEUE_FULL.DEPARTMENT_ID`).",
  })
  readonly departmentId!: Id | null;

  @Field(() => String, { nullable: true, description: "Name that customers see (`USER_NAME`)." })
  readonly displayName!: string | null;

  @Field(() => String, { nullable: true, description: "Position that customers see (`USER_WORK_POSITION`)." })
  readonly displayPosition!: string | null;

  @Field(() => AbsoluteUrl, { nullable: true, description: "Picture that customers see (`USER_AVATAR`)." })
  readonly displayAvatarUrl!: string | null;

  @Field(() => ID, { nullable: true, description: "File id of that picture (`USER_AVATAR_ID`)." })
  readonly displayAvatarId!: Id | null;
}

@ObjectType({
  simpleResolvers: true,
  description: "One entry of a queue as an administrator configured it: a user or a whole department.",
})
export class QueueEntry {
  @Field(() => QueueEntryTypeEnum, { description: "What the entry stands for (`ENTITY_TYPE`)." })
  readonly type!: string;

  @Field(() => ID, { description: "Id of the user or department (`ENTITY_ID`)." })
  readonly entityId!: Id;

  @Field(() => User, { nullable: true, description: "The user; null for a department." })
  readonly user!: User | null;
}

@ObjectType({ simpleResolvers: true, description: "How a line offers dialogs to operators, and to whom." })
export class OpenLineQueue {
  @Field(() => QueueTypeEnum, { description: "Distribution (`QUEUE_TYPE`)." })
  readonly type!: string;

  @Field(() => Int, {
    nullable: true,
    description: "Seconds after which an unanswered dialog is offered to the next operator (`QUEUE_TIME`).",
  })
  readonly redirectAfterSeconds!: number | null;

  @Field(() => Boolean, {
    nullable: true,
    description: "Whether operators who are away are passed over (`CHECK_AVAILABLE`).",
  })
  readonly checksAvailability!: boolean | null;

  @Field(() => Boolean, {
    nullable: true,
    description:
      "Whether somebody is notified when the queue is empty (`SEND_NOTIFICATION_EMPTY_QUEUE`). Cannot be written.",
  })
  readonly notifiesWhenEmpty!: boolean | null;

  @Field(() => Boolean, {
    nullable: true,
    description:
      "Whether a notice is shown when a dialog moves to another operator (`SHOW_NOTIFICATION_REDIRECT`). Newer portals only, null on others.",
  })
  readonly showsRedirectNotice!: boolean | null;

  @Directive('@rest(method: "imopenlines.config.get")')
  @Field(() => Boolean, {
    nullable: true,
    description:
      "Whether anybody of the queue is online now (`QUEUE_ONLINE`). A line that came from `openLines` is read once more for it (`imopenlines.config.get`).",
  })
  readonly isOnline!: boolean | null;

  @Directive('@rest(method: "imopenlines.config.get")')
  @Field(() => [QueueMember], {
    nullable: true,
    description:
      "The operators who work in the queue, in its order: active employees, offline ones too, departments expanded (`QUEUE`, `QUEUE_FULL`, `QUEUE_USERS_FIELDS`). A line that came from `openLines` is read once more for them (`imopenlines.config.get`).",
  })
  readonly members!: readonly QueueMember[] | null;

  @Directive('@rest(method: "imopenlines.config.list.get")')
  @Field(() => [QueueEntry], {
    nullable: true,
    description:
      "The queue as configured, departments not expanded (`CONFIG_QUEUE`): what `openLineUpdate` takes as `queue.configured`. Comes with `openLines`; for a line read by its id it costs one more call (`imopenlines.config.list.get`).",
  })
  readonly configured!: readonly QueueEntry[] | null;

  @Directive('@rest(method: "imopenlines.config.list.get")')
  @Field(() => [User], {
    nullable: true,
    description:
      "Everybody whom the queue holds, users who are not active any more too, departments expanded (`QUEUE`). Who works in it now are `members`. Comes with `openLines`; for a line read by its id it costs one more call (`imopenlines.config.list.get`).",
  })
  readonly users!: readonly User[] | null;
}
