import { Field, ID, InputType, Int } from "type-graphql";
import type { Id } from "../datasources/domain/ids.ts";
import type { CountedChats, CrmCreateMode, OperatorIdentityMode } from "../datasources/domain/line.ts";
import type {
  AgreementSettings,
  CategorySettings,
  CrmSettings,
  CustomerRatingSettings,
  DefaultOperatorSettings,
  FormSettings,
  KpiSettings,
  KpiTargetSettings,
  LimitSettings,
  OperatorIdentitySettings,
  RatingTextSettings,
} from "../datasources/domain/line-settings.ts";
import { CountedChatsEnum, CrmCreateModeEnum, OperatorIdentityModeEnum } from "./open-line-enums.ts";
import { AbsoluteUrl } from "./scalars.ts";

@InputType({ description: "How a line works with the CRM. What is left out stays." })
export class OpenLineCrmInput implements CrmSettings {
  @Field(() => Boolean, { nullable: true, description: "Whether customers are looked up in the CRM (`CRM`)." })
  readonly isEnabled?: boolean | null;

  @Field(() => CrmCreateModeEnum, {
    nullable: true,
    description: "What is created for a customer the CRM does not know (`CRM_CREATE`).",
  })
  readonly createMode?: CrmCreateMode | null;

  @Field(() => String, {
    nullable: true,
    description: "Pipeline in which deals are created; null clears it (`CRM_CREATE_SECOND`).",
  })
  readonly dealCategory?: string | null;

  @Field(() => Boolean, {
    nullable: true,
    description: "Whether a third CRM item is created as well; the documentation says no more (`CRM_CREATE_THIRD`).",
  })
  readonly createsThirdItem?: boolean | null;

  @Field(() => Boolean, {
    nullable: true,
    description: "Whether a dialog goes to the person responsible for the customer in the CRM (`CRM_FORWARD`).",
  })
  readonly forwardsToResponsible?: boolean | null;

  @Field(() => Boolean, {
    nullable: true,
    description: "Whether telephone numbers and the like in messages are recorded in the CRM (`CRM_CHAT_TRACKER`).",
  })
  readonly tracksChatText?: boolean | null;

  @Field(() => Boolean, {
    nullable: true,
    description: "Whether a transfer of the dialog changes who is responsible in the CRM (`CRM_TRANSFER_CHANGE`).",
  })
  readonly changesResponsibleOnTransfer?: boolean | null;

  @Field(() => String, { nullable: true, description: "CRM source of created items; null clears it (`CRM_SOURCE`)." })
  readonly source?: string | null;
}

@InputType({ description: "The texts with which customers are asked for a rating. What is left out stays." })
export class RatingMessagesInput implements RatingTextSettings {
  @Field(() => String, { nullable: true, description: "The request; null clears it (`VOTE_MESSAGE_…_TEXT`)." })
  readonly request?: string | null;

  @Field(() => String, {
    nullable: true,
    description: "The answer to a good rating; null clears it (`VOTE_MESSAGE_…_LIKE`).",
  })
  readonly thanks?: string | null;

  @Field(() => String, {
    nullable: true,
    description: "The answer to a bad rating; null clears it (`VOTE_MESSAGE_…_DISLIKE`).",
  })
  readonly regret?: string | null;
}

@InputType({ description: "How customers are asked to rate a dialog. What is left out stays." })
export class OpenLineCustomerRatingInput implements CustomerRatingSettings {
  @Field(() => Boolean, {
    nullable: true,
    description: "Whether customers are asked; stays off on a plan without ratings (`VOTE_MESSAGE`).",
  })
  readonly isEnabled?: boolean | null;

  @Field(() => Int, {
    nullable: true,
    description: "Seconds in which a rating is accepted; 0 for no limit (`VOTE_TIME_LIMIT`).",
  })
  readonly timeLimitSeconds?: number | null;

  @Field(() => Boolean, {
    nullable: true,
    description: "Whether customers are asked before the dialog is finished (`VOTE_BEFORE_FINISH`).",
  })
  readonly asksBeforeFinish?: boolean | null;

  @Field(() => Boolean, {
    nullable: true,
    description: "Whether the dialog stays open for a while after the rating (`VOTE_CLOSING_DELAY`).",
  })
  readonly closesWithDelay?: boolean | null;

  @Field(() => RatingMessagesInput, {
    nullable: true,
    description: "Texts of the website's chat, up to 100 characters each; an emoji counts as 10 (`VOTE_MESSAGE_1_…`).",
  })
  readonly widget?: RatingMessagesInput | null;

  @Field(() => RatingMessagesInput, {
    nullable: true,
    description: "Texts in messengers and other channels (`VOTE_MESSAGE_2_…`).",
  })
  readonly messenger?: RatingMessagesInput | null;
}

@InputType({ description: "A target for how soon operators answer. What is left out stays." })
export class KpiTargetInput implements KpiTargetSettings {
  @Field(() => Int, {
    nullable: true,
    description: "The target, 0 for none, in the portal's unit, which the documentation does not state (`KPI_…_TIME`).",
  })
  readonly targetTime?: number | null;

  @Field(() => Boolean, { nullable: true, description: "Whether a miss is notified (`KPI_…_ALERT`)." })
  readonly alerts?: boolean | null;

  @Field(() => [ID], {
    nullable: true,
    description: "The users who are notified; replaces all of them, `[]` for nobody (`KPI_…_LIST`).",
  })
  readonly recipientIds?: readonly Id[] | null;

  @Field(() => String, {
    nullable: true,
    description: "Text of the notification, with `#OPERATOR#` and `#DIALOG#`; null clears it (`KPI_…_TEXT`).",
  })
  readonly text?: string | null;
}

@InputType({ description: "Targets for answering. What is left out stays." })
export class OpenLineKpiInput implements KpiSettings {
  @Field(() => KpiTargetInput, { nullable: true, description: "For the first answer (`KPI_FIRST_ANSWER_…`)." })
  readonly firstAnswer?: KpiTargetInput | null;

  @Field(() => KpiTargetInput, { nullable: true, description: "For every later answer (`KPI_FURTHER_ANSWER_…`)." })
  readonly furtherAnswer?: KpiTargetInput | null;

  @Field(() => Boolean, {
    nullable: true,
    description: "Whether the activity of operators is watched (`KPI_CHECK_OPERATOR_ACTIVITY`).",
  })
  readonly watchesOperatorActivity?: boolean | null;
}

@InputType({ description: "The CRM form that customers are shown at the start. What is left out stays." })
export class OpenLineFormsInput implements FormSettings {
  @Field(() => Boolean, { nullable: true, description: "Whether a form is shown (`USE_WELCOME_FORM`)." })
  readonly isEnabled?: boolean | null;

  @Field(() => ID, { nullable: true, description: "The form; null for none (`WELCOME_FORM_ID`)." })
  readonly formId?: Id | null;

  @Field(() => Boolean, { nullable: true, description: "Whether it is shown with a delay (`WELCOME_FORM_DELAY`)." })
  readonly isDelayed?: boolean | null;

  @Field(() => Boolean, {
    nullable: true,
    description: "Whether the responsible person set in the form is ignored (`IGNORE_WELCOME_FORM_RESPONSIBLE`).",
  })
  readonly ignoresResponsible?: boolean | null;
}

@InputType({ description: "How much an operator gets at once. What is left out stays." })
export class OpenLineLimitsInput implements LimitSettings {
  @Field(() => Int, {
    nullable: true,
    description: "Most dialogs that one operator has at a time; null or 0 for no limit (`MAX_CHAT`).",
  })
  readonly maxChats?: number | null;

  @Field(() => CountedChatsEnum, { nullable: true, description: "Which dialogs count (`TYPE_MAX_CHAT`)." })
  readonly countedChats?: CountedChats | null;

  @Field(() => Int, {
    nullable: true,
    description: "Priority of this line's sessions in the queue, 0 to 86400 (`SESSION_PRIORITY`).",
  })
  readonly sessionPriority?: number | null;
}

@InputType({
  description:
    "The agreement on processing personal data. What is left out stays. Not in the public documentation, but accepted by the portal.",
})
export class OpenLineAgreementInput implements AgreementSettings {
  @Field(() => Boolean, {
    nullable: true,
    description: "Whether customers are shown an agreement (`AGREEMENT_MESSAGE`).",
  })
  readonly isShown?: boolean | null;

  @Field(() => ID, { nullable: true, description: "The agreement; null for none (`AGREEMENT_ID`)." })
  readonly agreementId?: Id | null;
}

@InputType({
  description:
    "The category of dialogs. What is left out stays, as long as categories are on: the portal drops the category otherwise, so `categoryId` is refused then.",
})
export class OpenLineCategoryInput implements CategorySettings {
  @Field(() => Boolean, { nullable: true, description: "Whether categories are used (`CATEGORY_ENABLE`)." })
  readonly isEnabled?: boolean | null;

  @Field(() => ID, { nullable: true, description: "The category; null for none (`CATEGORY_ID`)." })
  readonly categoryId?: Id | null;
}

@InputType({
  description:
    "Whom customers see in place of operators whose identity is hidden. What is left out stays, null clears.",
})
export class DefaultOperatorIdentityInput implements DefaultOperatorSettings {
  @Field(() => String, { nullable: true, description: "Name (`DEFAULT_OPERATOR_DATA.NAME`)." })
  readonly name?: string | null;

  @Field(() => AbsoluteUrl, { nullable: true, description: "Picture (`DEFAULT_OPERATOR_DATA.AVATAR`)." })
  readonly avatarUrl?: URL | null;

  @Field(() => ID, { nullable: true, description: "File id of the picture (`DEFAULT_OPERATOR_DATA.AVATAR_ID`)." })
  readonly avatarId?: Id | null;
}

@InputType({ description: "Whom customers see when an operator writes. What is left out stays." })
export class OpenLineOperatorIdentityInput implements OperatorIdentitySettings {
  @Field(() => OperatorIdentityModeEnum, {
    nullable: true,
    description: "Where name and picture come from (`OPERATOR_DATA`).",
  })
  readonly mode?: OperatorIdentityMode | null;

  @Field(() => DefaultOperatorIdentityInput, {
    nullable: true,
    description: "Shown when `mode` is `HIDDEN`; null clears it (`DEFAULT_OPERATOR_DATA`).",
  })
  readonly default?: DefaultOperatorIdentityInput | null;
}
