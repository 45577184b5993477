import { Field, ID, Int, ObjectType } from "type-graphql";
import type { Id } from "../datasources/domain/ids.ts";
import { CountedChatsEnum, CrmCreateModeEnum, OperatorIdentityModeEnum } from "./open-line-enums.ts";
import { AbsoluteUrl } from "./scalars.ts";
import { User } from "./user.ts";

@ObjectType({ simpleResolvers: true, description: "How a line works with the CRM." })
export class OpenLineCrm {
  @Field(() => Boolean, { nullable: true, description: "Whether customers are looked up in the CRM (`CRM`)." })
  readonly isEnabled!: boolean | null;

  @Field(() => CrmCreateModeEnum, {
    description: "What is created for a customer the CRM does not know (`CRM_CREATE`).",
  })
  readonly createMode!: string;

  @Field(() => String, {
    nullable: true,
    description: "`createMode` in the portal's word, for values that are `UNKNOWN`.",
  })
  readonly createModeCode!: string | null;

  @Field(() => String, {
    nullable: true,
    description: "Pipeline in which deals are created, as the portal stores it (`CRM_CREATE_SECOND`).",
  })
  readonly dealCategory!: string | null;

  @Field(() => Boolean, {
    nullable: true,
    description: "Whether a third CRM item is created as well; the documentation says no more (`CRM_CREATE_THIRD`).",
  })
  readonly createsThirdItem!: boolean | null;

  @Field(() => Boolean, {
    nullable: true,
    description: "Whether a dialog goes to the person responsible for the customer in the CRM (`CRM_FORWARD`).",
  })
  readonly forwardsToResponsible!: boolean | null;

  @Field(() => Boolean, {
    nullable: true,
    description: "Whether telephone numbers and the like in messages are recorded in the CRM (`CRM_CHAT_TRACKER`).",
  })
  readonly tracksChatText!: boolean | null;

  @Field(() => Boolean, {
    nullable: true,
    description: "Whether a transfer of the dialog changes who is responsible in the CRM (`CRM_TRANSFER_CHANGE`).",
  })
  readonly changesResponsibleOnTransfer!: boolean | null;

  @Field(() => String, { nullable: true, description: "CRM source of created items (`CRM_SOURCE`)." })
  readonly source!: string | null;
}

@ObjectType({ simpleResolvers: true, description: "The texts with which customers are asked for a rating." })
export class RatingMessages {
  @Field(() => String, { nullable: true, description: "The request (`VOTE_MESSAGE_…_TEXT`)." })
  readonly request!: string | null;

  @Field(() => String, { nullable: true, description: "The answer to a good rating (`VOTE_MESSAGE_…_LIKE`)." })
  readonly thanks!: string | null;

  @Field(() => String, { nullable: true, description: "The answer to a bad rating (`VOTE_MESSAGE_…_DISLIKE`)." })
  readonly regret!: string | null;
}

@ObjectType({
  simpleResolvers: true,
  description: "How customers are asked to rate a dialog. The rating itself cannot be read through REST.",
})
export class OpenLineCustomerRating {
  @Field(() => Boolean, {
    nullable: true,
    description:
      "Whether customers are asked (`VOTE_MESSAGE`). On a plan without ratings a line read by its id shows false, while `openLines` shows what is stored.",
  })
  readonly isEnabled!: boolean | null;

  @Field(() => Int, {
    nullable: true,
    description: "Seconds in which a rating is accepted; 0 for no limit (`VOTE_TIME_LIMIT`).",
  })
  readonly timeLimitSeconds!: number | null;

  @Field(() => Boolean, {
    nullable: true,
    description: "Whether customers are asked before the dialog is finished (`VOTE_BEFORE_FINISH`).",
  })
  readonly asksBeforeFinish!: boolean | null;

  @Field(() => Boolean, {
    nullable: true,
    description: "Whether the dialog stays open for a while after the rating (`VOTE_CLOSING_DELAY`).",
  })
  readonly closesWithDelay!: boolean | null;

  @Field(() => RatingMessages, {
    description: "Texts of the website's chat (`VOTE_MESSAGE_1_…`), up to 100 characters.",
  })
  readonly widget!: RatingMessages;

  @Field(() => RatingMessages, { description: "Texts in messengers and other channels (`VOTE_MESSAGE_2_…`)." })
  readonly messenger!: RatingMessages;
}

@ObjectType({ simpleResolvers: true, description: "A target for how soon operators answer, and who hears of a miss." })
export class KpiTarget {
  @Field(() => Int, {
    nullable: true,
    description:
      "The target, 0 for none (`KPI_…_TIME`). The documentation does not state its unit; other waits of a line are in seconds.",
  })
  readonly targetTime!: number | null;

  @Field(() => Boolean, { nullable: true, description: "Whether a miss is notified (`KPI_…_ALERT`)." })
  readonly alerts!: boolean | null;

  @Field(() => [User], { description: "Those of `recipientCodes` that name a user (`KPI_…_LIST`)." })
  readonly recipients!: readonly User[];

  @Field(() => [String], {
    description:
      "Who is notified, as the portal stores it (`KPI_…_LIST`): user ids, or codes such as `U27` for a user and others for departments.",
  })
  readonly recipientCodes!: readonly string[];

  @Field(() => String, {
    nullable: true,
    description: "Text of the notification; `#OPERATOR#` and `#DIALOG#` are filled in (`KPI_…_TEXT`).",
  })
  readonly text!: string | null;
}

@ObjectType({ simpleResolvers: true, description: "Targets for answering, and the watch over operators." })
export class OpenLineKpi {
  @Field(() => KpiTarget, { description: "For the first answer (`KPI_FIRST_ANSWER_…`)." })
  readonly firstAnswer!: KpiTarget;

  @Field(() => KpiTarget, { description: "For every later answer (`KPI_FURTHER_ANSWER_…`)." })
  readonly furtherAnswer!: KpiTarget;

  @Field(() => Boolean, {
    nullable: true,
    description: "Whether the activity of operators is watched (`KPI_CHECK_OPERATOR_ACTIVITY`).",
  })
  readonly watchesOperatorActivity!: boolean | null;
}

@ObjectType({ simpleResolvers: true, description: "The CRM form that customers are shown at the start." })
export class OpenLineForms {
  @Field(() => Boolean, { nullable: true, description: "Whether a form is shown (`USE_WELCOME_FORM`)." })
  readonly isEnabled!: boolean | null;

  @Field(() => ID, { nullable: true, description: "The form; null for none (`WELCOME_FORM_ID`)." })
  readonly formId!: Id | null;

  @Field(() => Boolean, { nullable: true, description: "Whether it is shown with a delay (`WELCOME_FORM_DELAY`)." })
  readonly isDelayed!: boolean | null;

  @Field(() => Boolean, {
    nullable: true,
    description: "Whether the responsible person set in the form is ignored (`IGNORE_WELCOME_FORM_RESPONSIBLE`).",
  })
  readonly ignoresResponsible!: boolean | null;
}

@ObjectType({ simpleResolvers: true, description: "How much an operator gets at once." })
export class OpenLineLimits {
  @Field(() => Int, {
    nullable: true,
    description: "Most dialogs that one operator has at a time; null for no limit (`MAX_CHAT`).",
  })
  readonly maxChats!: number | null;

  @Field(() => CountedChatsEnum, { description: "Which dialogs count (`TYPE_MAX_CHAT`)." })
  readonly countedChats!: string;

  @Field(() => Int, {
    nullable: true,
    description: "Priority of this line's sessions in the queue, 0 to 86400 (`SESSION_PRIORITY`).",
  })
  readonly sessionPriority!: number | null;
}

@ObjectType({ simpleResolvers: true, description: "The agreement on processing personal data." })
export class OpenLineAgreement {
  @Field(() => Boolean, {
    nullable: true,
    description: "Whether customers are shown an agreement (`AGREEMENT_MESSAGE`).",
  })
  readonly isShown!: boolean | null;

  @Field(() => ID, { nullable: true, description: "The agreement; null for none (`AGREEMENT_ID`)." })
  readonly agreementId!: Id | null;
}

@ObjectType({ simpleResolvers: true, description: "The category of a line's dialogs." })
export class OpenLineCategory {
  @Field(() => Boolean, {
    nullable: true,
    description: "Whether categories are used (`CATEGORY_ENABLE`). While they are not, the portal keeps no category.",
  })
  readonly isEnabled!: boolean | null;

  @Field(() => ID, { nullable: true, description: "The category; null for none (`CATEGORY_ID`)." })
  readonly categoryId!: Id | null;
}

@ObjectType({
  simpleResolvers: true,
  description: "Whom customers see in place of operators whose identity is hidden.",
})
export class DefaultOperatorIdentity {
  @Field(() => String, { nullable: true, description: "Name (`DEFAULT_OPERATOR_DATA.NAME`)." })
  readonly name!: string | null;

  @Field(() => AbsoluteUrl, { nullable: true, description: "Picture (`DEFAULT_OPERATOR_DATA.AVATAR`)." })
  readonly avatarUrl!: string | null;

  @Field(() => ID, { nullable: true, description: "File id of the picture (`DEFAULT_OPERATOR_DATA.AVATAR_ID`)." })
  readonly avatarId!: Id | null;
}

@ObjectType({ simpleResolvers: true, description: "Whom customers see when an operator writes." })
export class OpenLineOperatorIdentity {
  @Field(() => OperatorIdentityModeEnum, { description: "Where name and picture come from (`OPERATOR_DATA`)." })
  readonly mode!: string;

  @Field(() => DefaultOperatorIdentity, {
    nullable: true,
    description: "Shown when `mode` is `HIDDEN`; null when not set (`DEFAULT_OPERATOR_DATA`).",
  })
  readonly default!: DefaultOperatorIdentity | null;
}
