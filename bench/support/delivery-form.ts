import { encodePhpForm } from "../../simulator/events/form-encoding.ts";

/** The portal that a delivery claims to come from. */
export interface DeliverySender {
  readonly memberId: string;
  readonly applicationToken: string;
}

/** Makes the form body of one delivery from what differs between deliveries. The id makes it another delivery than all before. */
export type DeliveryForm = (messageId: number, text: string) => string;

const ID_PLACE = "PLACEOFTHEID";
const TEXT_PLACE = "PLACEOFTHETEXT";

/** A customer's message, which names only the chat in the channel. */
export function customerMessages(sender: DeliverySender): DeliveryForm {
  return formOf(sender, {
    DATA: {
      connector: { connector_id: "telegrambot", line_id: 1, chat_id: "channel-77", user_id: 587 },
      chat: { id: "channel-77" },
      message: { id: ID_PLACE, date: 1_773_759_161, text: TEXT_PLACE, files: [], user_id: 587 },
      ref: [],
      extra: { EXTRA_URL: "" },
    },
  });
}

/** An operator's message on its way to the channel, which names the portal's chat: nothing has to be found out about it. */
export function operatorMessages(sender: DeliverySender): DeliveryForm {
  return formOf(sender, {
    CONNECTOR: "telegrambot",
    LINE: 1,
    DATA: {
      connector: { connector_id: "telegrambot", line_id: 1, chat_id: "channel-77", user_id: 587 },
      im: { chat_id: 1807, message_id: ID_PLACE },
      message: { id: ID_PLACE, chat_id: 1807, user_id: 27, text: TEXT_PLACE, system: "N" },
      chat: { id: "channel-77" },
      no_session: "N",
    },
  });
}

/** Encoding a form costs a client as much as sending it, so that all but the differing parts is encoded once. */
function formOf({ memberId, applicationToken }: DeliverySender, data: Readonly<Record<string, unknown>>): DeliveryForm {
  const form = encodePhpForm({
    event: "ONOPENLINEMESSAGEADD",
    event_handler_id: 185,
    data,
    ts: 1_773_759_161,
    auth: {
      access_token: "c978b990071b0008440001b0895f697a",
      expires_in: 3600,
      scope: "imopenlines,im",
      domain: "some-domain.bitrix24.com",
      server_endpoint: "https://oauth.bitrix.info/rest/",
      status: "L",
      client_endpoint: "https://some-domain.bitrix24.com/rest/",
      member_id: memberId,
      user_id: 27,
      application_token: applicationToken,
    },
  });
  return (messageId, text) =>
    form.replaceAll(ID_PLACE, String(messageId)).replace(TEXT_PLACE, () => encodeURIComponent(text));
}
