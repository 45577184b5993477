import type { PhpValue } from "./php-form.ts";

type Fields = { readonly [key: string]: PhpValue };

/** What each event's `data` looks like on the wire of a portal, by direction. */
export const portalPayloads = {
  customerWrites: {
    DATA: {
      connector: { connector_id: "telegrambot", line_id: 107, chat_id: "channel-123", user_id: 587 },
      chat: { id: "channel-123" },
      message: {
        id: "ext-9001",
        date: 1773759161,
        text: "Guten Tag, [b]wo[/b] ist mein Paket? 📦",
        files: [],
        user_id: 587,
      },
      ref: [],
      extra: { EXTRA_URL: "" },
    },
  },
  operatorWrites: {
    CONNECTOR: "telegrambot",
    LINE: 107,
    DATA: {
      connector: { connector_id: "telegrambot", line_id: 107, chat_id: "channel-123", user_id: 587 },
      message: {
        id: 86497,
        chat_id: 1807,
        user_id: 27,
        text: "[b]Klaus Weber:[/b] [br]Guten Tag!",
        files: [
          {
            name: "label.png",
            type: "image",
            mime: "image/png",
            link: "https://some-domain.bitrix24.com/~abc",
            downloadLink: "https://some-domain.bitrix24.com/~abc?download",
            size: 20480,
            sizef: "20 KB",
            width: 640,
            height: 480,
          },
        ],
        attachments: [],
        params: [],
        system: "N",
      },
      no_session: "N",
    },
  },
  systemWrites: {
    CONNECTOR: "telegrambot",
    LINE: 107,
    DATA: {
      connector: { connector_id: "telegrambot", line_id: 107, chat_id: "channel-123", user_id: 587 },
      message: { id: 86498, chat_id: 1807, user_id: 0, text: "Please wait.", system: "Y" },
      no_session: "N",
    },
  },
  customerEdits: {
    DATA: {
      connector: { connector_id: "telegrambot", line_id: 107, chat_id: "channel-123", user_id: 587 },
      chat: { id: "channel-123" },
      message: { id: "ext-9001", text: "Guten Morgen", user_id: 587 },
    },
  },
  operatorEdits: {
    CONNECTOR: "telegrambot",
    LINE: 107,
    DATA: {
      im: { chat_id: 1807, message_id: 86497 },
      message: { id: ["ext-1", "ext-2"], text: "Guten Abend!" },
      chat: { id: "channel-123" },
    },
  },
  customerDeletes: {
    DATA: {
      connector: { connector_id: "telegrambot", line_id: 107, chat_id: "channel-123", user_id: 587 },
      chat: { id: "channel-123" },
      message: { id: "ext-9001" },
    },
  },
  operatorDeletes: {
    CONNECTOR: "telegrambot",
    LINE: 107,
    DATA: [
      { im: { chat_id: 1807, message_id: 86497 }, message: { id: "ext-1" }, chat: { id: "channel-123" } },
      { im: { chat_id: 1807, message_id: 86497 }, message: { id: "ext-2" }, chat: { id: "channel-123" } },
      { im: { chat_id: 1807, message_id: 86500 }, message: { id: "ext-3" }, chat: { id: "channel-123" } },
    ],
  },
  sessionChanges: {
    DATA: {
      connector: { connector_id: "my_connector", line_id: 1, chat_id: 17, user_id: 10 },
      chat: { chat_id: 17 },
      line: { id: 1, name: "Open channel" },
    },
  },
} as const satisfies Record<string, Fields>;

export interface Sender {
  readonly memberId: string;
  readonly applicationToken: string;
}

/** A whole delivery as the portal's queue posts it. */
export function delivery(event: string, data: Fields, sender: Sender, ts: number | string = 1773759161): Fields {
  return {
    event,
    event_handler_id: 185,
    data,
    ts,
    auth: {
      access_token: "c978b990071b0008440001b0895f697a",
      expires_in: 3600,
      scope: "imopenlines,im",
      domain: "some-domain.bitrix24.com",
      server_endpoint: "https://oauth.bitrix.info/rest/",
      status: "L",
      client_endpoint: "https://some-domain.bitrix24.com/rest/",
      member_id: sender.memberId,
      user_id: 27,
      application_token: sender.applicationToken,
    },
  };
}
