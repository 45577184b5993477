import type { Call } from "../../../src/datasources/bitrix24/calls.ts";
import { appInfo } from "../../../src/datasources/im/account.ts";
import {
  chatFolderGet,
  diskFileLink,
  fileCommit,
  fileDownload,
  fileUpload,
  folderUpload,
} from "../../../src/datasources/im/files.ts";
import { chatUserList } from "../../../src/datasources/im/members.ts";
import { eventGet, eventSubscribe } from "../../../src/datasources/im/v2-events.ts";
import { eventBind, eventBindings, eventUnbind } from "../../../src/installation/event-methods.ts";
import * as im from "../../fixtures/im-examples.ts";
import { type CallReading, NEVER, place } from "./readings.ts";

const file = { name: "scan.png", content: "c2Nhbg==" };
const WHOLE = place(".*");

function calls(
  kind: "read" | "write",
  rows: readonly (readonly [call: Call<unknown>, answer: unknown, essential: RegExp])[],
): CallReading[] {
  return rows.map(([call, answer, essential]) => ({ kind, method: call.method, call, answer, essential }));
}

/** Methods that the gateway asks for itself: about its installation, about events, and to fetch and to send files. */
export const callReadings: readonly CallReading[] = [
  ...calls("read", [
    [appInfo(), im.appInfoAnswer.result, NEVER],
    [chatUserList("2051"), im.chatUsersAnswer.result, place("\\d+")],
    [eventSubscribe(), true, WHOLE],
    [
      eventGet({ offset: undefined, limit: 100 }),
      {
        events: [
          { eventId: 11, type: "ONIMV2MESSAGEADD", date: "2026-06-01T10:00:00+02:00", data: { chat: { id: 5 } } },
          { eventId: 12, type: "ONIMV2REACTIONCHANGE", date: "2026-06-01T10:00:01+02:00", data: { chat: { id: 5 } } },
        ],
        lastEventId: 12,
        nextOffset: 13,
        hasMore: false,
      },
      place("events|events\\.\\d+(\\.(eventId|type))?"),
    ],
    [fileDownload("2051", "5437"), { downloadUrl: "https://example.bitrix24.com/rest/download/?token=1" }, WHOLE],
    [
      diskFileLink("5437"),
      { ID: "5437", NAME: "scan.png", DOWNLOAD_URL: "/rest/download/?token=1" },
      place("DOWNLOAD_URL"),
    ],
    [chatFolderGet("2051"), { ID: 127 }, WHOLE],
    [
      eventBindings(),
      [{ event: "ONSESSIONSTART", handler: "https://gateway.example.com/bitrix24/events", auth_type: "0", offline: 0 }],
      place("\\d+(\\.(event|handler))?"),
    ],
  ]),
  ...calls("write", [
    [fileUpload("2051", file, "Look"), { file: { id: 5437, name: "scan.png" }, messageId: 90512 }, NEVER],
    [folderUpload("127", file), { ID: 5437, NAME: "scan.png" }, place("ID")],
    [fileCommit("2051", "5437", "Look"), { FILES: { upload5437: { id: 5437 } }, MESSAGE_ID: 90512 }, NEVER],
    [eventBind("ONSESSIONSTART", "https://gateway.example.com/bitrix24/events"), true, WHOLE],
    [eventUnbind("ONSESSIONSTART", "https://gateway.example.com/bitrix24/events"), { count: 1 }, place("count")],
  ]),
];
