import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { startGatewayCore } from "../resolvers/operation.ts";
import { dialogOnWire, historyOnWire } from "../resolvers/wire-answers.ts";

/**
 * Each documented field of an answer, a value that the portal is made to send there, the path at which a client must find it, and what it must
 * find. A field that is documented and not listed here fails, and so does one that is listed and not documented.
 */
type Probe = readonly [wirePath: string, sent: unknown, path: string, found: unknown];

const dialogProbes: readonly Probe[] = [
  ["id", 4242, "id", "4242"],
  ["parent_chat_id", 31, "parentChatId", "31"],
  ["parent_message_id", 32, "parentMessageId", "32"],
  ["name", "Probe", "title", "Probe"],
  ["description", "Probe", "description", "Probe"],
  ["owner", 33, "operator.id", "33"],
  ["extranet", true, "isExtranet", true],
  ["avatar", "https://files.example/a.png", "avatarUrl", "https://files.example/a.png"],
  ["color", "#123456", "color", "#123456"],
  ["counter", 34, "viewerUnreadCount", 34],
  ["user_counter", 35, "participantCount", 35],
  ["message_count", 36, "messageCount", 36],
  ["unread_id", 37, "viewerFirstUnreadMessageId", "37"],
  ["restrictions.avatar", false, "restrictions.avatar", false],
  ["restrictions.rename", false, "restrictions.rename", false],
  ["restrictions.extend", false, "restrictions.extend", false],
  ["restrictions.call", false, "restrictions.call", false],
  ["restrictions.mute", false, "restrictions.mute", false],
  ["restrictions.leave", false, "restrictions.leave", false],
  ["restrictions.leave_owner", false, "restrictions.leaveOwner", false],
  ["restrictions.send", false, "restrictions.send", false],
  ["restrictions.user_list", false, "restrictions.userList", false],
  ["last_message_id", 38, "lastMessageId", "38"],
  ["last_id", 39, "viewerLastReadMessageId", "39"],
  ["marked_id", 40, "viewerMarkedMessageId", "40"],
  ["disk_folder_id", 41, "diskFolderId", "41"],
  ["entity_id", "viber|7|c|u", "userCode", "viber|7|c|u"],
  ["entity_data_1", "N|NONE|0|Y|N|42|1773682918|0|0|0", "currentSession.id", "42"],
  ["entity_data_2", "LEAD|0|COMPANY|43|CONTACT|0|DEAL|0", "crm.company.entityId", "43"],
  ["entity_data_3", "Y", "isSilent", true],
  ["mute_list", [44], "mutedUsers.id", "44"],
  ["date_create", "2026-01-02T03:04:05+02:00", "createdAt", "2026-01-02T01:04:05.000Z"],
  ["public", { code: "c", link: "https://example.com/c" }, "publicLink.url", "https://example.com/c"],
  ["role", "guest", "viewerRole", "GUEST"],
  ["entity_link.url", "https://example.com/link", "entityUrl", "https://example.com/link"],
  ["text_field_enabled", false, "isTextFieldEnabled", false],
  ["background_id", 45, "backgroundId", "45"],
  ["permissions.manage_users_add", "owner", "permissions.manageUsersAdd", "OWNER"],
  ["permissions.manage_users_delete", "owner", "permissions.manageUsersDelete", "OWNER"],
  ["permissions.manage_ui", "owner", "permissions.manageUi", "OWNER"],
  ["permissions.manage_settings", "manager", "permissions.manageSettings", "MANAGER"],
  ["permissions.manage_messages", "owner", "permissions.manageMessages", "OWNER"],
  ["permissions.can_post", "owner", "permissions.canPost", "OWNER"],
  ["is_new", true, "isNew", true],
  ["readed_list.[].user_id", 46, "readMarks.user.id", "46"],
  ["readed_list.[].user_name", "Reader", "readMarks.user.name", "Reader"],
  ["readed_list.[].message_id", 47, "readMarks.messageId", "47"],
  ["readed_list.[].date", "2026-01-02T03:04:05+00:00", "readMarks.readAt", "2026-01-02T03:04:05.000Z"],
  ["manager_list", [48], "managers.id", "48"],
  ["last_message_views.message_id", 49, "lastMessageViews.messageId", "49"],
  ["last_message_views.first_viewers.[].user_id", 50, "lastMessageViews.firstViewers.user.id", "50"],
  ["last_message_views.first_viewers.[].user_name", "Viewer", "lastMessageViews.firstViewers.user.name", "Viewer"],
  [
    "last_message_views.first_viewers.[].date",
    "2026-01-02T03:04:05+00:00",
    "lastMessageViews.firstViewers.viewedAt",
    "2026-01-02T03:04:05.000Z",
  ],
  ["last_message_views.count_of_viewers", 51, "lastMessageViews.otherViewerCount", 51],
];

/** What every open-line chat has alike, so that the type `Chat` says it, and what another field of the same answer says too. */
const dialogSaidOtherwise: readonly string[] = [
  "dialog_id",
  "type",
  "entity_type",
  "message_type",
  "entity_link.type",
  "entity_link.id",
];

const historyProbes: readonly Probe[] = [
  ["canJoin", "N", "viewerCanJoin", false],
  ["canVoteHead", "N", "viewerCanRate", false],
  ["sessionId", 52, "id", "52"],
  ["sessionVoteHead", 4, "supervisorRating", 4],
  ["sessionCommentHead", "Well done", "supervisorComment", "Well done"],
  ["message.*.id", "53", "messages.nodes.id", "53"],
  ["message.*.chatid", "54", "messages.nodes.chat.id", "54"],
  ["message.*.senderid", "55", "messages.nodes.author.id", "55"],
  ["message.*.date", "2026-01-02T03:04:05+00:00", "messages.nodes.sentAt", "2026-01-02T03:04:05.000Z"],
  ["message.*.text", "[b]Probe[/b]", "messages.nodes.text", "[b]Probe[/b]"],
  ["message.*.params", { connectorMid: ["mid-56"] }, "messages.nodes.externalIds", "mid-56"],
  ["users.*.name", "Probe", "participants.name", "Probe"],
  ["users.*.active", false, "participants.isActive", false],
  ["users.*.firstName", "Probe", "participants.firstName", "Probe"],
  ["users.*.lastName", "Probe", "participants.lastName", "Probe"],
  ["users.*.workPosition", "Probe", "participants.position", "Probe"],
  ["users.*.color", "#123456", "participants.color", "#123456"],
  ["users.*.avatar", "https://files.example/u.png", "participants.avatarUrl", "https://files.example/u.png"],
  ["users.*.avatarId", "57", "participants.avatarId", "57"],
  ["users.*.birthday", "31-12", "participants.birthday", "31-12"],
  ["users.*.gender", "M", "participants.gender", "MALE"],
  ["users.*.phoneDevice", true, "participants.hasPhoneDevice", true],
  ["users.*.phones", { workPhone: "+1" }, "participants.phones.work", "+1"],
  ["users.*.extranet", true, "participants.isExtranet", true],
  ["users.*.network", true, "participants.isNetwork", true],
  ["users.*.bot", true, "participants.isBot", true],
  ["users.*.connector", true, "participants.kind", "CUSTOMER"],
  ["users.*.profile", "https://example.com/me/", "participants.profileUrl", "https://example.com/me/"],
  ["users.*.externalAuthId", "probe", "participants.externalAuthId", "probe"],
  ["users.*.status", "dnd", "participants.status", "dnd"],
  ["users.*.idle", "2026-01-02T03:04:05+00:00", "participants.idleSince", "2026-01-02T03:04:05.000Z"],
  ["users.*.lastActivityDate", "2026-01-02T03:04:05+00:00", "participants.lastActivityAt", "2026-01-02T03:04:05.000Z"],
  ["users.*.mobileLastDate", "2026-01-02T03:04:05+00:00", "participants.mobileLastSeenAt", "2026-01-02T03:04:05.000Z"],
  [
    "users.*.desktopLastDate",
    "2026-01-02T03:04:05+00:00",
    "participants.desktopLastSeenAt",
    "2026-01-02T03:04:05.000Z",
  ],
  ["users.*.departments", [58], "participants.departmentIds", "58"],
  ["users.*.absent", "2026-01-02T03:04:05+00:00", "participants.absentUntil", "2026-01-02T03:04:05.000Z"],
  ["users.*.type", "probe", "participants.portalType", "probe"],
  ["users.*.services", ["probe"], "participants.services", "probe"],
  ["users.*.botData", { code: "probe" }, "participants.botData", { code: "probe" }],
  ["openlines.canvoteashead.*", false, "viewerRateableLines.id", undefined],
  ["userInGroup.*.id", 59, "departments.id", "59"],
  ["userInGroup.*.users", ["60"], "departments.users.id", "60"],
  ["woUserInGroup", ["61"], "usersWithoutDepartment.id", "61"],
  ["chat.*.parentChatId", 62, "chat.parentChatId", "62"],
  ["chat.*.parentMessageId", 63, "chat.parentMessageId", "63"],
  ["chat.*.name", "Probe", "chat.title", "Probe"],
  ["chat.*.owner", "64", "chat.operator.id", "64"],
  ["chat.*.color", "#123456", "chat.color", "#123456"],
  ["chat.*.extranet", true, "chat.isExtranet", true],
  ["chat.*.avatar", "https://files.example/c.png", "chat.avatarUrl", "https://files.example/c.png"],
  ["chat.*.call", "65", "chat.callNumber", "65"],
  ["chat.*.callNumber", "+66", "chat.callNumber", "+66"],
  ["chat.*.entityId", "viber|7|c|u", "chat.userCode", "viber|7|c|u"],
  ["chat.*.entityData1", "N|NONE|0|Y|N|67|1773682918|0|0|0", "chat.currentSession.id", "67"],
  ["chat.*.entityData2", "LEAD|0|COMPANY|68|CONTACT|0|DEAL|0", "chat.crm.company.entityId", "68"],
  ["chat.*.entityData3", "Y", "chat.isSilent", true],
  ["chat.*.messageCount", 69, "chat.messageCount", 69],
  ["chat.*.public", { code: "c", link: "https://example.com/c" }, "chat.publicLink.code", "c"],
  ["chat.*.muteList", { "70": true }, "chat.mutedUsers.id", "70"],
  ["chat.*.managerList", [71], "chat.managers.id", "71"],
  ["chat.*.dateCreate", "2026-01-02T03:04:05+00:00", "chat.createdAt", "2026-01-02T03:04:05.000Z"],
  ["chat.*.entityLink.url", "https://example.com/link", "chat.entityUrl", "https://example.com/link"],
  ["chat.*.permissions.manageUsersAdd", "owner", "chat.permissions.manageUsersAdd", "OWNER"],
  ["chat.*.permissions.manageUsersDelete", "owner", "chat.permissions.manageUsersDelete", "OWNER"],
  ["chat.*.permissions.manageUi", "owner", "chat.permissions.manageUi", "OWNER"],
  ["chat.*.permissions.manageSettings", "manager", "chat.permissions.manageSettings", "MANAGER"],
  ["chat.*.permissions.manageMessages", "owner", "chat.permissions.manageMessages", "OWNER"],
  ["chat.*.permissions.canPost", "owner", "chat.permissions.canPost", "OWNER"],
  ["chat.*.textFieldEnabled", false, "chat.isTextFieldEnabled", false],
  ["chat.*.backgroundId", "72", "chat.backgroundId", "72"],
  ["chat.*.isNew", true, "chat.isNew", true],
  ["userBlockChat.*.*", true, "mutedUsers.id", "103"],
  ["userInChat.*.[]", 73, "participants.id", "73"],
  ["files.*.id", 74, "files.nodes.id", "74"],
  ["files.*.chatid", 75, "files.nodes.chatId", "75"],
  ["files.*.date", "2026-01-02T03:04:05+00:00", "files.nodes.uploadedAt", "2026-01-02T03:04:05.000Z"],
  ["files.*.type", "audio", "files.nodes.kind", "AUDIO"],
  ["files.*.name", "probe.bin", "files.nodes.name", "probe.bin"],
  ["files.*.extension", "bin", "files.nodes.extension", "bin"],
  ["files.*.size", 5_000_000_000, "files.nodes.size", 5_000_000_000],
  ["files.*.image.height", 76, "files.nodes.image.height", 76],
  ["files.*.image.width", 77, "files.nodes.image.width", 77],
  ["files.*.status", "upload", "files.nodes.status", "upload"],
  ["files.*.progress", 78, "files.nodes.progress", 78],
  ["files.*.authorid", 79, "files.nodes.uploadedBy.id", "79"],
  ["files.*.authorname", "Probe", "files.nodes.uploadedBy.name", "Probe"],
  ["files.*.urlpreview", "https://files.example/p", "files.nodes.previewUrl", "https://files.example/p"],
  ["files.*.urlshow", "https://files.example/s", "files.nodes.showUrl", "https://files.example/s"],
  ["files.*.urldownload", "https://files.example/d", "files.nodes.downloadUrl", "https://files.example/d"],
  ["files.*.viewerattrs", { probe: 80 }, "files.nodes.viewerAttributes", { probe: 80 }],
  [
    "files.*.mediaurl",
    { preview: { "250": "https://files.example/m" } },
    "files.nodes.mediaPreviewUrl",
    "https://files.example/m",
  ],
  ["files.*.istranscribable", true, "files.nodes.isTranscribable", true],
  ["files.*.isvideonote", true, "files.nodes.isVideoNote", true],
  ["files.*.isvoicenote", true, "files.nodes.isVoiceNote", true],
];

/** As above; the keys of the answer's maps, which the ids repeat; and the order of the messages, which is that of their ids. */
const historySaidOtherwise: readonly string[] = [
  // HTML of the portal's making is not believed: the text is made into HTML here.
  "message.*.textlegacy",
  "chatId",
  "userId",
  "message.*.recipientid",
  "usersMessage.*.[]",
  "users.*.id",
  "chat.*.id",
  "chat.*.entityType",
  "chat.*.type",
  "chat.*.messageType",
  "chat.*.entityLink.type",
  "chat.*.entityLink.id",
];

interface DocumentedField {
  readonly name?: string;
  readonly fields?: readonly DocumentedField[];
  readonly value?: DocumentedField;
  readonly items?: DocumentedField;
}

function documentedPaths(method: string): string[] {
  const methods: readonly { readonly name: string; readonly result: DocumentedField }[] = JSON.parse(
    readFileSync(new URL("../fixtures/methods.json", import.meta.url), "utf8"),
  );
  const result = methods.find(({ name }) => name === method)?.result;
  if (result === undefined) throw new Error(`${method} is not documented`);
  return leaves(result, []);
}

function leaves(field: DocumentedField, path: readonly string[]): string[] {
  if (field.fields !== undefined) return field.fields.flatMap((child) => leaves(child, [...path, child.name ?? ""]));
  if (field.value !== undefined) return leaves(field.value, [...path, "*"]);
  if (field.items?.fields !== undefined) return leaves(field.items, [...path, "[]"]);
  if (field.items !== undefined && path.includes("*") && path.at(-1) === "*")
    return leaves(field.items, [...path, "[]"]);
  return [path.join(".")];
}

/** Sets what stands at a path; `*` is the first key of a map and `[]` the first item of a list. */
function put(target: unknown, path: readonly string[], value: unknown): void {
  if (typeof target !== "object" || target === null) throw new Error(`nothing to put ${path.join(".")} into`);
  const [step = "", ...rest] = path;
  const key = step === "*" ? (Object.keys(target)[0] ?? "1") : step === "[]" ? "0" : step;
  if (rest.length === 0) Reflect.set(target, key, value);
  else put(Reflect.get(target, key), rest, value);
}

/** `a.b` as the selection `a { b }`. */
function selectionOf(path: string): string {
  const names = path.split(".");
  return names.join(" { ") + " }".repeat(names.length - 1);
}

/** What stands at a path of an answer; of a list its first item. */
function pick(answer: unknown, path: string): unknown {
  let here: unknown = answer;
  for (const name of path.split(".")) {
    if (Array.isArray(here)) here = here[0];
    if (typeof here !== "object" || here === null) return undefined;
    here = Reflect.get(here, name);
  }
  return Array.isArray(here) ? here[0] : here;
}

/** What a client finds at a path, of a portal that gives this answer and knows no further users. */
async function found(root: string, answer: unknown, path: string): Promise<unknown> {
  const gateway = await startGatewayCore((method) => (method === "im.user.list.get" ? [] : answer));
  // The second field keeps a session from being answered by its chat's record, which this portal does not have.
  const more = root.startsWith("session") ? "viewerCanRate" : "";
  return pick(Object.values(await gateway.data(`{ ${root} { ${more} ${selectionOf(path)} } }`))[0], path);
}

describe("every documented field of imopenlines.dialog.get", () => {
  test("is looked for below", () => {
    const listed = [...dialogProbes.map(([path]) => path), ...dialogSaidOtherwise];
    expect([...new Set(listed)].sort()).toEqual(documentedPaths("imopenlines.dialog.get").sort());
  });

  test.each(dialogProbes)("%s sent as %j is found at chat.%s as %j", async (wirePath, sent, path, expected) => {
    const answer = dialogOnWire();
    expect(await found("chat(by: {sessionId: 343})", answer, path)).not.toEqual(expected);
    put(answer, wirePath.split("."), sent);
    expect(await found("chat(by: {sessionId: 343})", answer, path)).toEqual(expected);
  });
});

describe("every documented field of imopenlines.session.history.get", () => {
  test("is looked for below", () => {
    const listed = [...historyProbes.map(([path]) => path), ...historySaidOtherwise];
    expect([...new Set(listed)].sort()).toEqual(documentedPaths("imopenlines.session.history.get").sort());
  });

  test.each(historyProbes)("%s sent as %j is found at session.%s as %j", async (wirePath, sent, path, expected) => {
    const answer = historyOnWire();
    expect(await found("session(by: {id: 321})", answer, path)).not.toEqual(expected);
    put(answer, wirePath.split("."), sent);
    expect(await found("session(by: {id: 321})", answer, path)).toEqual(expected);
  });
});
