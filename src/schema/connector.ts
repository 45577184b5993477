import { Field, ID, ObjectType } from "type-graphql";

/** Names of the channels that come with every portal, by connector code. Other codes belong to channels of other makers. */
const TITLES: ReadonlyMap<string, string> = new Map([
  ["livechat", "Live chat"],
  ["network", "Bitrix24.Network"],
  ["telegrambot", "Telegram"],
  ["whatsappbytwilio", "WhatsApp (Twilio)"],
  ["whatsappbyedna", "WhatsApp (edna)"],
  ["facebook", "Facebook messages"],
  ["facebookcomments", "Facebook comments"],
  ["fbinstagramdirect", "Instagram Direct"],
  ["fbinstagram", "Instagram comments"],
  ["viber", "Viber"],
  ["imessage", "Apple Messages for Business"],
  ["wechat", "WeChat"],
  ["skypebot", "Skype"],
  ["slack", "Slack"],
  ["vkgroup", "VK"],
  ["vkgrouporder", "VK orders"],
  ["ok", "Odnoklassniki"],
  ["avito", "Avito"],
  ["olx", "OLX"],
  ["notifications", "Bitrix24 notifications"],
]);

@ObjectType({
  simpleResolvers: true,
  description:
    "The channel through which a customer writes. What identifies the customer there stands on the chat (`externalChatId`, `externalUserId`).",
})
export class Connector {
  @Field(() => ID, { description: "Code of the channel, such as `livechat` or `telegrambot`." })
  readonly id: string;

  constructor(id: string) {
    this.id = id;
  }

  @Field(() => String, {
    nullable: true,
    description:
      "Name of the channel in English; null for channels that do not come with the portal, whose names REST does not tell with a chat.",
  })
  get title(): string | null {
    return TITLES.get(this.id) ?? null;
  }
}
