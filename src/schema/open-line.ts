import { Directive, Field, ID, ObjectType } from "type-graphql";
import type { Id } from "../datasources/domain/ids.ts";
import type { LineRecord } from "../datasources/domain/line.ts";
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
import { User, userRef } from "./user.ts";

/** What a line that is only known by its id needs to answer its fields. */
interface LineLoading {
  readonly loaders: { line(id: Id): Promise<LineRecord | null> };
}

/** A field of a line: the value when the record is known, else a resolver that loads the record (once per operation). */
type Lazy<T> = T | null | ((args: unknown, context: LineLoading) => Promise<T | null>);

/**
 * A field that the line's record answers. The executor's own resolver reads the property and calls it if it is a function, so a line of a
 * list costs no resolver call and no promise per field.
 */
function LineField<T>(
  type: () => object,
  description: string,
  read: (line: LineRecord) => T | null,
): PropertyDecorator {
  return (prototype, name) => {
    Field(type, { nullable: true, description })(prototype, name);
    Directive('@rest(method: "imopenlines.config.get")')(prototype, name);
    Object.defineProperty(prototype, name, {
      get(this: OpenLine): Lazy<T> {
        if (this.record !== undefined) return read(this.record);
        return async (_args, context) => {
          const line = await context.loaders.line(this.id);
          return line === null ? null : read(line);
        };
      },
    });
  };
}

/** Reference to a line; its fields are answered from `record` or loaded. */
@ObjectType({
  simpleResolvers: true,
  description:
    "An Open Line: a desk with its operators, rules and texts, to which channels are connected. A reference: its id costs nothing; any other field reads the line once per operation (`imopenlines.config.get`), unless it came with a list. All fields but the id are null when there is no such line. When a line was created and changed is not told: the portal loses both dates on the way.",
})
export class OpenLine {
  @Field(() => ID, { description: "The portal's id of the line (`CONFIG_ID`, `QUEUE_ID` and `LINE` of REST)." })
  readonly id: Id;

  readonly record: LineRecord | undefined;

  constructor(id: Id, record?: LineRecord) {
    this.id = id;
    this.record = record;
  }

  @LineField(
    () => String,
    "Name of the line (`LINE_NAME`).",
    (line) => line.name,
  )
  readonly name!: Lazy<string>;

  @LineField(
    () => Boolean,
    "Whether the line takes dialogs (`ACTIVE`).",
    (line) => line.isActive,
  )
  readonly isActive!: Lazy<boolean>;

  @LineField(
    () => Boolean,
    "Whether this is a temporary line, which the portal deletes after some hours (`TEMPORARY`).",
    (line) => line.isTemporary,
  )
  readonly isTemporary!: Lazy<boolean>;

  @LineField(
    () => String,
    "Two-letter language of automatic texts (`LANGUAGE_ID`).",
    (line) => line.languageCode,
  )
  readonly languageCode!: Lazy<string>;

  @LineField(
    () => String,
    "Id in another system; usually null (`XML_ID`).",
    (line) => line.externalId,
  )
  readonly externalId!: Lazy<string>;

  @LineField(
    () => User,
    "Who changed the line last (`MODIFY_USER_ID`).",
    (line) => userRef(line.modifiedById),
  )
  readonly modifiedBy!: Lazy<User>;

  @LineField(
    () => ID,
    "The information block that holds the canned responses of this line (`QUICK_ANSWERS_IBLOCK_ID`).",
    (line) => line.quickReplyStoreId,
  )
  readonly quickReplyStoreId!: Lazy<Id>;

  @LineField(
    () => Boolean,
    "Whether it is shown that somebody is typing (`WATCH_TYPING`).",
    (line) => line.showsTyping,
  )
  readonly showsTyping!: Lazy<boolean>;

  @LineField(
    () => OpenLineQueue,
    "How dialogs reach operators, and which.",
    (line) => line.queue,
  )
  readonly queue!: Lazy<object>;

  @LineField(
    () => OpenLineCrm,
    "Work with the CRM.",
    (line) => line.crm,
  )
  readonly crm!: Lazy<object>;

  @LineField(
    () => OpenLineWelcome,
    "The automatic greeting.",
    (line) => line.welcome,
  )
  readonly welcome!: Lazy<object>;

  @LineField(
    () => OpenLineBot,
    "The chat bot that meets customers.",
    (line) => line.bot,
  )
  readonly bot!: Lazy<object>;

  @LineField(
    () => OpenLineWorkTime,
    "Working hours.",
    (line) => line.workTime,
  )
  readonly workTime!: Lazy<object>;

  @LineField(
    () => OpenLineNoAnswer,
    "What happens when nobody answers.",
    (line) => line.noAnswer,
  )
  readonly noAnswer!: Lazy<object>;

  @LineField(
    () => OpenLineClosing,
    "How dialogs end.",
    (line) => line.closing,
  )
  readonly closing!: Lazy<object>;

  @LineField(
    () => OpenLineCustomerRating,
    "How customers are asked for a rating.",
    (line) => line.customerRating,
  )
  readonly customerRating!: Lazy<object>;

  @LineField(
    () => OpenLineKpi,
    "Targets for answering.",
    (line) => line.kpi,
  )
  readonly kpi!: Lazy<object>;

  @LineField(
    () => OpenLineForms,
    "The form at the start of a dialog.",
    (line) => line.forms,
  )
  readonly forms!: Lazy<object>;

  @LineField(
    () => OpenLineLimits,
    "How much an operator gets at once.",
    (line) => line.limits,
  )
  readonly limits!: Lazy<object>;

  @LineField(
    () => OpenLineAgreement,
    "The agreement on personal data.",
    (line) => line.agreement,
  )
  readonly agreement!: Lazy<object>;

  @LineField(
    () => OpenLineCategory,
    "The category of dialogs.",
    (line) => line.category,
  )
  readonly category!: Lazy<object>;

  @LineField(
    () => OpenLineOperatorIdentity,
    "Whom customers see.",
    (line) => line.operatorIdentity,
  )
  readonly operatorIdentity!: Lazy<object>;
}

/** A reference to the line, or null for "none". */
export function openLineRef(id: Id | null | undefined, record?: LineRecord): OpenLine | null {
  return id === null || id === undefined ? null : new OpenLine(id, record);
}
