import { expect, it, onTestFinished } from "vitest";
import { startPortal } from "../../simulator/portal.ts";
import { startGateway } from "../kit/gateway.ts";
import { eventually } from "../kit/until.ts";

it("with a webhook only, nothing is polled until somebody subscribes; then the owner's dialogs arrive live", async () => {
  const portal = await startPortal({ size: 0.2, plan: "on-premise" });
  const operator = portal.users.find((user) => user.role === "operator");
  if (operator === undefined) throw new Error("a portal without operators");
  const gateway = await startGateway({
    portal: { ...portal, users: [] },
    env: { GATEWAY_API_KEYS: "", BITRIX24_CREDENTIALS_FILE: "", BITRIX24_WEBHOOK_URL: operator.webhookUrl },
  });
  onTestFinished(async () => {
    await gateway.close();
    await portal.close();
  });
  const { data } = await gateway.graphql("{ viewer { liveEvents { source } } }", {}, { key: null });
  expect(data.viewer.liveEvents.source).toBe("POLLING");
  expect(Object.keys(portal.stats().byMethod).filter((method) => method.startsWith("im.v2"))).toEqual([]);

  const response = await fetch(`${gateway.url}/stream`, {
    method: "POST",
    headers: { "content-type": "application/json", accept: "text/event-stream" },
    body: JSON.stringify({ query: "subscription { messageAdded { content { text } chat { id } } }" }),
  });
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  await eventually(() => expect(portal.stats().byMethod["im.v2.Event.get"] ?? 0).toBeGreaterThan(0));
  const chat = [...portal.world.chats.values()].find(
    ({ id, members }) => members.has(operator.id) && portal.world.sessionsByChat.has(id),
  );
  if (chat === undefined) throw new Error("an operator without dialogs");
  portal.world.customerWrites(chat.id, "Heard through polling");
  let text = "";
  while (!text.includes("Heard through polling")) {
    const step = await reader?.read();
    if (step === undefined || step.done) break;
    text += step.value;
  }
  await reader?.cancel();
  expect(text).toContain("Heard through polling");
});
