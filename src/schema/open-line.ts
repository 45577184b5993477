import { Field, ID, ObjectType } from "type-graphql";
import type { Id } from "../datasources/domain/ids.ts";
import type { ListedLine } from "../datasources/domain/line.ts";
import {
  OpenLineBot,
  OpenLineClosing,
  OpenLineNoAnswer,
  OpenLineWelcome,
  OpenLineWorkTime,
} from "./open-line-automation.ts";
import { OpenLineQueue } from "./open-line-queue.ts";
import {
  OpenLineAgreement,
  OpenLineCategory,
  OpenLineCrm,
  OpenLineCustomerRating,
  OpenLineForms,
  OpenLineKpi,
  OpenLineLimits,
  OpenLineOperatorIdentity,
} from "./open-line-service.ts";
import { RestField } from "./rest-field.ts";
import { User } from "./user.ts";

const LineField = (type: () => object, description: string): PropertyDecorator =>
  RestField("imopenlines.config.get", type, description);

/** Reference to a line; its fields are answered from `record` where there is one and loaded otherwise. */
@ObjectType({
  simpleResolvers: true,
  description:
    "An Open Line: a desk with its operators, rules and texts, to which channels are connected. A reference: its id costs nothing; any other field reads the line once per operation (`imopenlines.config.get`), unless it came with a list. All fields but the id are null when there is no such line. When a line was created and changed is not told: the portal loses both dates on the way.",
})
export class OpenLine {
  @Field(() => ID, { description: "The portal's id of the line (`CONFIG_ID`, `QUEUE_ID` and `LINE` of REST)." })
  readonly id: Id;

  readonly record: ListedLine | undefined;

  constructor(id: Id, record?: ListedLine) {
    this.id = id;
    this.record = record;
  }

  @LineField(() => String, "Name of the line (`LINE_NAME`).")
  readonly name?: string | null;

  @LineField(() => Boolean, "Whether the line takes dialogs (`ACTIVE`).")
  readonly isActive?: boolean | null;

  @LineField(
    () => Boolean,
    "Whether this is a temporary line, which the portal deletes after some hours (`TEMPORARY`).",
  )
  readonly isTemporary?: boolean | null;

  @LineField(() => String, "Two-letter language of automatic texts (`LANGUAGE_ID`).")
  readonly languageCode?: string | null;

  @LineField(() => String, "Id in another system; usually null (`XML_ID`).")
  readonly externalId?: string | null;

  @LineField(() => User, "Who changed the line last (`MODIFY_USER_ID`).")
  readonly modifiedBy?: User | null;

  @LineField(
    () => ID,
    "The information block that holds the canned responses of this line (`QUICK_ANSWERS_IBLOCK_ID`).",
  )
  readonly quickReplyStoreId?: Id | null;

  @LineField(() => Boolean, "Whether it is shown that somebody is typing (`WATCH_TYPING`).")
  readonly showsTyping?: boolean | null;

  @LineField(() => OpenLineQueue, "How dialogs reach operators, and which.")
  readonly queue?: object | null;

  @LineField(() => OpenLineCrm, "Work with the CRM.")
  readonly crm?: object | null;

  @LineField(() => OpenLineWelcome, "The automatic greeting.")
  readonly welcome?: object | null;

  @LineField(() => OpenLineBot, "The chat bot that meets customers.")
  readonly bot?: object | null;

  @LineField(() => OpenLineWorkTime, "Working hours.")
  readonly workTime?: object | null;

  @LineField(() => OpenLineNoAnswer, "What happens when nobody answers.")
  readonly noAnswer?: object | null;

  @LineField(() => OpenLineClosing, "How dialogs end.")
  readonly closing?: object | null;

  @LineField(() => OpenLineCustomerRating, "How customers are asked for a rating.")
  readonly customerRating?: object | null;

  @LineField(() => OpenLineKpi, "Targets for answering.")
  readonly kpi?: object | null;

  @LineField(() => OpenLineForms, "The form at the start of a dialog.")
  readonly forms?: object | null;

  @LineField(() => OpenLineLimits, "How much an operator gets at once.")
  readonly limits?: object | null;

  @LineField(() => OpenLineAgreement, "The agreement on personal data.")
  readonly agreement?: object | null;

  @LineField(() => OpenLineCategory, "The category of dialogs.")
  readonly category?: object | null;

  @LineField(() => OpenLineOperatorIdentity, "Whom customers see.")
  readonly operatorIdentity?: object | null;
}

/** A reference to the line, or null for "none". */
export function openLineRef(id: Id | null | undefined, record?: ListedLine): OpenLine | null {
  return id === null || id === undefined ? null : new OpenLine(id, record);
}
