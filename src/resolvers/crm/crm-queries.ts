import { Arg, Ctx, Directive, FieldResolver, Query, Resolver, Root } from "type-graphql";
import { PortalRefusal } from "../../datasources/bitrix24/errors.ts";
import type { CrmReference } from "../../datasources/domain/chat.ts";
import { crmChatGet, crmChatGetLastId } from "../../datasources/imopenlines/crm.ts";
import { Chat } from "../../schema/chat.ts";
import {
  CrmEntity,
  CrmEntityChannel,
  CrmEntityInput,
  NamedConnector,
  parseCrmEntity,
} from "../../schema/crm-entity.ts";
import type { OperationContext } from "../engine/context.ts";

const ACTIVE_ONLY = {
  defaultValue: false,
  description:
    "Only chats whose session an operator has answered and that is not closing; chats that nobody has answered yet are left out too.",
};

@Resolver(() => CrmEntity)
export class CrmEntityResolver {
  @Query(() => CrmEntity, {
    nullable: true,
    description:
      "A CRM item as open lines see it. By itself it calls nothing, so it does not tell whether the item exists; its fields need access to the item.",
  })
  crmEntity(@Arg("ref", () => CrmEntityInput, { description: "Which item." }) ref: CrmEntityInput): CrmEntity {
    return new CrmEntity(parseCrmEntity(ref, "ref"));
  }

  @Directive('@rest(method: "imopenlines.crm.chat.get")')
  @FieldResolver(() => [Chat], {
    nullable: true,
    description:
      "Chats that are bound to the item, the last changed first; empty when there is no such item or it has none. Only channels that the portal has switched on now. Not to be paged: the portal sends all (`imopenlines.crm.chat.get`).",
  })
  async chats(
    @Root() entity: CrmEntity,
    @Ctx() context: OperationContext,
    @Arg("activeOnly", () => Boolean, ACTIVE_ONLY) activeOnly: boolean,
  ): Promise<Chat[]> {
    const chats = await context.portal.read(crmChatGet(referenceOf(entity), activeOnly));
    return chats.map(({ chatId }) => new Chat(chatId));
  }

  @Directive('@rest(method: "imopenlines.crm.chat.get")')
  @FieldResolver(() => [CrmEntityChannel], {
    nullable: true,
    description:
      "The same chats with the channel of each as this portal names it. Beside `chats` with the same argument it costs nothing more (`imopenlines.crm.chat.get`).",
  })
  async channels(
    @Root() entity: CrmEntity,
    @Ctx() context: OperationContext,
    @Arg("activeOnly", () => Boolean, ACTIVE_ONLY) activeOnly: boolean,
  ): Promise<CrmEntityChannel[]> {
    const chats = await context.portal.read(crmChatGet(referenceOf(entity), activeOnly));
    return chats.map(({ chatId, connectorId, connectorTitle }) => ({
      chat: new Chat(chatId),
      connector: connectorId === null ? null : new NamedConnector(connectorId, connectorTitle),
    }));
  }

  @Directive('@rest(method: "imopenlines.crm.chat.getLastId")')
  @FieldResolver(() => Chat, {
    nullable: true,
    description:
      "The item's latest chat. Null when it has none; the portal answers the same when there is no such item or the caller may not see it (`imopenlines.crm.chat.getLastId`).",
  })
  async latestChat(@Root() entity: CrmEntity, @Ctx() context: OperationContext): Promise<Chat | null> {
    try {
      const id = await context.portal.read(crmChatGetLastId(referenceOf(entity)));
      return id === null ? null : new Chat(id);
    } catch (error) {
      // The portal's way of saying that there is none.
      if (error instanceof PortalRefusal && error.code === "CRM_CHAT_EMPTY_CRM_DATA") return null;
      throw error;
    }
  }
}

function referenceOf({ type, entityId }: CrmEntity): CrmReference {
  return { type, id: entityId };
}
