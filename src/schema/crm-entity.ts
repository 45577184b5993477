import { Field, ID, InputType, ObjectType } from "type-graphql";
import type { CrmEntityType, CrmReference } from "../datasources/domain/chat.ts";
import { Chat } from "./chat.ts";
import { Connector } from "./connector.ts";
import { describedEnum } from "./described-enum.ts";
import { parseId } from "./input-errors.ts";

const CrmEntityTypeEnum = describedEnum<CrmEntityType>(
  "CrmEntityType",
  "The kinds of CRM items that open-line chats are bound to.",
  { LEAD: "A lead.", DEAL: "A deal.", CONTACT: "A contact.", COMPANY: "A company." },
);

@ObjectType({
  simpleResolvers: true,
  description:
    "A CRM item as open lines see it. Portals number leads, deals, contacts and companies apart, so only `type` and `entityId` together name one; there is no `id` that a client cache could mix up.",
})
export class CrmEntity {
  @Field(() => CrmEntityTypeEnum, { description: "What kind of item it is." })
  readonly type: CrmEntityType;

  @Field(() => ID, { description: "The portal's own id, unique within the type." })
  readonly entityId: string;

  constructor(reference: CrmReference) {
    this.type = reference.type;
    this.entityId = reference.id;
  }
}

/** A channel with the name that the portal itself gives it. */
export class NamedConnector extends Connector {
  readonly #title: string | null;

  constructor(id: string, title: string | null) {
    super(id);
    this.#title = title;
  }

  override get title(): string | null {
    return this.#title ?? super.title;
  }
}

@ObjectType({ simpleResolvers: true, description: "A chat of a CRM item, with its channel as this portal names it." })
export class CrmEntityChannel {
  @Field(() => Chat, { description: "The chat." })
  readonly chat!: Chat;

  @Field(() => Connector, {
    nullable: true,
    description: "The channel; its title is the portal's own, in the portal's language.",
  })
  readonly connector!: Connector | null;
}

@InputType({ description: "Names a CRM item." })
export class CrmEntityInput {
  @Field(() => CrmEntityTypeEnum, { description: "What kind of item it is." })
  type!: CrmEntityType;

  @Field(() => ID, { description: "The portal's own id, unique within the type." })
  entityId!: string;
}

/** The named item; throws BAD_USER_INPUT for an id that is not a whole number above 0. */
export function parseCrmEntity(input: CrmEntityInput, name: string): CrmReference {
  return { type: input.type, id: parseId(input.entityId, `${name}.entityId`) };
}
