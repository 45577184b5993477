import { Field, ID, InputType } from "type-graphql";
import type { Id } from "../datasources/domain/ids.ts";
import type { LineSettings } from "../datasources/domain/line-settings.ts";
import {
  OpenLineBotInput,
  OpenLineClosingInput,
  OpenLineNoAnswerInput,
  OpenLineWelcomeInput,
  OpenLineWorkTimeInput,
} from "./open-line-automation-input.ts";
import { OpenLineQueueInput } from "./open-line-queue-input.ts";
import {
  OpenLineAgreementInput,
  OpenLineCategoryInput,
  OpenLineCrmInput,
  OpenLineCustomerRatingInput,
  OpenLineFormsInput,
  OpenLineKpiInput,
  OpenLineLimitsInput,
  OpenLineOperatorIdentityInput,
} from "./open-line-service-input.ts";

@InputType({ description: "Settings of a line, in the groups in which they are read." })
export class OpenLineSettingsInput implements LineSettings {
  @Field(() => String, { nullable: true, description: "Name of the line, up to 255 characters (`LINE_NAME`)." })
  readonly name?: string | null;

  @Field(() => Boolean, { nullable: true, description: "Whether the line takes dialogs (`ACTIVE`)." })
  readonly isActive?: boolean | null;

  @Field(() => Boolean, {
    nullable: true,
    description:
      "Whether this is a temporary line: the portal deletes it by itself after about eight hours (`TEMPORARY`).",
  })
  readonly isTemporary?: boolean | null;

  @Field(() => String, {
    nullable: true,
    description: "Language of automatic texts, two lower-case letters (`LANGUAGE_ID`).",
  })
  readonly languageCode?: string | null;

  @Field(() => ID, {
    nullable: true,
    description: "The information block that holds the canned responses; null for none (`QUICK_ANSWERS_IBLOCK_ID`).",
  })
  readonly quickReplyStoreId?: Id | null;

  @Field(() => Boolean, {
    nullable: true,
    description: "Whether it is shown that somebody is typing (`WATCH_TYPING`).",
  })
  readonly showsTyping?: boolean | null;

  @Field(() => OpenLineQueueInput, { nullable: true, description: "How dialogs reach operators, and which." })
  readonly queue?: OpenLineQueueInput | null;

  @Field(() => OpenLineCrmInput, { nullable: true, description: "Work with the CRM." })
  readonly crm?: OpenLineCrmInput | null;

  @Field(() => OpenLineWelcomeInput, { nullable: true, description: "The automatic greeting." })
  readonly welcome?: OpenLineWelcomeInput | null;

  @Field(() => OpenLineBotInput, { nullable: true, description: "The chat bot that meets customers." })
  readonly bot?: OpenLineBotInput | null;

  @Field(() => OpenLineWorkTimeInput, { nullable: true, description: "Working hours." })
  readonly workTime?: OpenLineWorkTimeInput | null;

  @Field(() => OpenLineNoAnswerInput, { nullable: true, description: "What happens when nobody answers." })
  readonly noAnswer?: OpenLineNoAnswerInput | null;

  @Field(() => OpenLineClosingInput, { nullable: true, description: "How dialogs end." })
  readonly closing?: OpenLineClosingInput | null;

  @Field(() => OpenLineCustomerRatingInput, { nullable: true, description: "How customers are asked for a rating." })
  readonly customerRating?: OpenLineCustomerRatingInput | null;

  @Field(() => OpenLineKpiInput, { nullable: true, description: "Targets for answering." })
  readonly kpi?: OpenLineKpiInput | null;

  @Field(() => OpenLineFormsInput, { nullable: true, description: "The form at the start of a dialog." })
  readonly forms?: OpenLineFormsInput | null;

  @Field(() => OpenLineLimitsInput, { nullable: true, description: "How much an operator gets at once." })
  readonly limits?: OpenLineLimitsInput | null;

  @Field(() => OpenLineAgreementInput, { nullable: true, description: "The agreement on personal data." })
  readonly agreement?: OpenLineAgreementInput | null;

  @Field(() => OpenLineCategoryInput, { nullable: true, description: "The category of dialogs." })
  readonly category?: OpenLineCategoryInput | null;

  @Field(() => OpenLineOperatorIdentityInput, { nullable: true, description: "Whom customers see." })
  readonly operatorIdentity?: OpenLineOperatorIdentityInput | null;
}

@InputType({
  description:
    "A new line. What is left out gets the portal's own defaults; the portal gives a line without a name one of its own. A new line takes no dialogs until a channel is connected to it in the portal.",
})
export class OpenLineCreateInput extends OpenLineSettingsInput {}

@InputType({
  description:
    "Changes of a line. What is left out stays as it is, also where the portal by itself would reset it. null clears a setting that can be empty and is refused for every other.",
})
export class OpenLineUpdateInput extends OpenLineSettingsInput {}
