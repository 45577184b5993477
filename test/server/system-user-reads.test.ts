import { expect, test } from "vitest";
import { chatUserList } from "../../src/datasources/im/members.ts";
import { dialogGet } from "../../src/datasources/imopenlines/dialog.ts";
import { sessionHistoryGet } from "../../src/datasources/imopenlines/history.ts";
import { createLiveCredentials } from "../../src/server/live-credentials.ts";
import { createLivePortals } from "../../src/server/live-portals.ts";
import { openScene } from "../installation/install-scene.ts";

const SYSTEM_USER = 90;
const KNOWN = "1777";

/** An application with a user of its own who may read one chat, and what the live side asks with. */
async function liveReads({ readsHistories = false } = {}) {
  const { portal, gateway } = await openScene({ knownChat: KNOWN });
  await gateway.postInstall(portal.scriptCallback(portal.issue()));
  portal.systemUsers.add(SYSTEM_USER);
  portal.readers.set(KNOWN, new Set([SYSTEM_USER]));
  if (readsHistories) portal.historyReaders.add(SYSTEM_USER);
  await gateway.postInstall(portal.systemUserEvent(portal.issue(SYSTEM_USER), SYSTEM_USER));
  const livePortals = createLivePortals(gateway.installations, gateway.acting, () => ["receiver"]);
  const credentials = createLiveCredentials({
    portals: gateway.portals,
    livePortals,
    polled: undefined,
    configuredAt: () => undefined,
    closing: new AbortController().signal,
  });
  const ref = { host: portal.host, memberId: portal.memberId };
  const answer = portal.server.answer;
  portal.server.answer = (method, params) => (method === "im.chat.user.list" ? [1] : answer(method, params));

  /** Whose tokens came with each request since the last time. */
  async function askers(): Promise<(string | undefined)[]> {
    const owners = new Map<unknown, string>();
    owners.set((await gateway.installations.find(portal.memberId))?.tokens?.accessToken, "installer");
    owners.set((await gateway.systemUsers.credential(portal.memberId))?.accessToken, "system user");
    const seen = portal.server.requests.filter(({ path }) => path.startsWith("/rest/")).map(({ body }) => body.auth);
    portal.server.requests.length = 0;
    return seen.map((token) => owners.get(token));
  }

  portal.server.requests.length = 0;
  return { portal, gateway, credentials, ref, askers };
}

test("chats' records are read with the system user's tokens where he was seen to read one, all else with the installer's", async () => {
  const { credentials, ref, askers } = await liveReads();
  const session = await credentials.ofPortal(ref);
  expect(await session?.read(dialogGet({ chatId: KNOWN }))).toMatchObject({ id: KNOWN });
  expect(await session?.read(chatUserList(KNOWN))).toEqual(["1"]);
  expect(await askers()).toEqual(["system user", "installer"]);
  expect(await credentials.readerOf(ref)).toBe("90");
});

test("a chat's record and its messages are read in one request where he was seen to read both, and in two where not", async () => {
  const both = await liveReads({ readsHistories: true });
  const one = await liveReads();
  for (const { credentials, ref } of [both, one]) {
    const session = await credentials.ofPortal(ref);
    const [chat, history] = await Promise.all([
      session?.read(dialogGet({ chatId: KNOWN })),
      session?.read(sessionHistoryGet({ chatId: KNOWN })),
    ]);
    expect([chat?.id, history?.chatId]).toEqual([KNOWN, KNOWN]);
  }
  expect(await both.askers()).toEqual(["system user"]);
  expect((await one.askers()).sort()).toEqual(["installer", "system user"]);
});

test("a chat that he may not see is read with the installer's", async () => {
  const { credentials, ref, askers } = await liveReads();
  const session = await credentials.ofPortal(ref);
  expect(await session?.read(dialogGet({ chatId: "5" }))).toMatchObject({ id: "5" });
  expect(await askers()).toEqual(["system user", "installer"]);
});

test("everything is read with his once the installer's are refused for good", async () => {
  const { portal, gateway, credentials, ref, askers } = await liveReads();
  await gateway.installations.update(portal.memberId, { status: "needs-reinstall" });
  const session = await credentials.ofPortal(ref);
  expect(await session?.read(chatUserList(KNOWN))).toEqual(["1"]);
  expect(await session?.read(dialogGet({ chatId: KNOWN }))).toMatchObject({ id: KNOWN });
  expect(await askers()).toEqual(["system user", "system user"]);
});

test("who reads for a portal is looked up once for a thousand events, and again where the look failed or told nobody", async () => {
  const { gateway, ref } = await liveReads();
  const livePortals = createLivePortals(gateway.installations, gateway.acting, () => ["receiver"]);
  let looks = 0;
  let answer: () => ReturnType<typeof livePortals.ableTo> = () => Promise.reject(new Error("away"));
  const credentials = createLiveCredentials({
    portals: gateway.portals,
    livePortals: {
      ...livePortals,
      ableTo() {
        looks += 1;
        return answer();
      },
      application: () => Promise.resolve(undefined),
    },
    polled: undefined,
    configuredAt: () => undefined,
    closing: new AbortController().signal,
  });
  await expect(credentials.readerOf(ref)).rejects.toThrow("away");
  answer = () => Promise.resolve(undefined);
  expect(await credentials.readerOf(ref)).toBeNull();
  answer = () => livePortals.ableTo(ref, "chats");
  expect(await credentials.readerOf(ref)).toBe(String(SYSTEM_USER));
  expect(looks).toBe(3);
  for (let event = 0; event < 1_000; event += 1) expect(await credentials.readerOf(ref)).toBe(String(SYSTEM_USER));
  expect(looks).toBe(3);
  await credentials.readerOf({ ...ref, memberId: "another portal" });
  expect(looks).toBe(4);
});
