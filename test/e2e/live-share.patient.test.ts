import { expect, it } from "vitest";
import { keyFor } from "../kit/gateway.ts";
import { type Listener, openLiveOffice } from "../kit/live-office.ts";

const MESSAGES = "subscription { messageAdded { content { text } } }";

const CHATS = 3;
/** More than the questions that may follow each other at once after a quiet time. */
const EVENTS = 7;

/** What becomes of events of several chats, one after another; who may see them has to be asked again and again. */
async function outcomes(sharePercent: string): Promise<unknown[]> {
  const office = await openLiveOffice(
    { size: 1, plan: "standard" },
    { BITRIX24_PLAN: "standard", GATEWAY_LIVE_SHARE_PERCENT: sharePercent, GATEWAY_ACCESS_RECHECK_SECONDS: "1" },
  );
  const { portal } = office;
  const operator = portal.users.find(({ role, id }) => role === "operator" && chatsOf(id).length >= CHATS);
  if (operator === undefined) throw new Error("nobody has enough chats");
  const listener: Listener = office.listen(MESSAGES, { key: keyFor(operator) });
  await listener.opened;
  const found: unknown[] = [];
  const chats = chatsOf(operator.id);
  for (let event = 0; event < EVENTS && !found.includes("EVENT_WITHHELD"); event += 1) {
    portal.world.customerWrites(chats[event % CHATS] ?? 0, `Hello ${event}?`);
    const { errors } = await listener.next();
    found.push(errors?.[0]?.extensions?.code ?? "delivered");
  }
  return found;

  function chatsOf(userId: number): number[] {
    return [...portal.world.chats.values()]
      .filter(({ ownerId, connectorId }) => connectorId === "livechat" && ownerId === userId)
      .map(({ id }) => id);
  }
}

it("GATEWAY_LIVE_SHARE_PERCENT decides how much may be asked about events: with all of it each is told, with hardly any they are given up", async () => {
  const [withAll, withHardlyAny] = await Promise.all([outcomes("100"), outcomes("1")]);
  expect(withAll).toEqual(Array.from({ length: EVENTS }, () => "delivered"));
  expect(withHardlyAny).toContain("EVENT_WITHHELD");
});
