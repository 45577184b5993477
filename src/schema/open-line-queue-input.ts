import { Field, ID, InputType, Int } from "type-graphql";
import type { Id } from "../datasources/domain/ids.ts";
import type { QueueEntryRecord, QueueEntryType, QueueType } from "../datasources/domain/line.ts";
import type { QueueSettings } from "../datasources/domain/line-settings.ts";
import { QueueEntryTypeEnum, QueueTypeEnum } from "./open-line-enums.ts";

@InputType({ description: "One entry of a queue: a user or a department." })
export class QueueEntryInput implements QueueEntryRecord {
  @Field(() => QueueEntryTypeEnum, { description: "What the entry stands for (`ENTITY_TYPE`)." })
  readonly type!: QueueEntryType;

  @Field(() => ID, { description: "Id of the user or department (`ENTITY_ID`)." })
  readonly entityId!: Id;
}

@InputType({ description: "How a line offers dialogs to operators, and to whom. What is left out stays." })
export class OpenLineQueueInput implements QueueSettings {
  @Field(() => QueueTypeEnum, { nullable: true, description: "Distribution (`QUEUE_TYPE`)." })
  readonly type?: QueueType | null;

  @Field(() => Int, {
    nullable: true,
    description: "Seconds after which an unanswered dialog is offered to the next operator (`QUEUE_TIME`).",
  })
  readonly redirectAfterSeconds?: number | null;

  @Field(() => Boolean, {
    nullable: true,
    description: "Whether operators who are away are passed over (`CHECK_AVAILABLE`).",
  })
  readonly checksAvailability?: boolean | null;

  @Field(() => Boolean, {
    nullable: true,
    description:
      "Whether a notice is shown when a dialog moves to another operator; ignored by older portals (`SHOW_NOTIFICATION_REDIRECT`).",
  })
  readonly showsRedirectNotice?: boolean | null;

  @Field(() => [QueueEntryInput], {
    nullable: true,
    description:
      "The whole queue, in its order; replaces the present one and cannot be empty. The portal drops users who are not active (`QUEUE`).",
  })
  readonly configured?: readonly QueueEntryInput[] | null;
}
