import { startPortal } from "../../simulator/portal.ts";
import { fillInbox } from "./inbox-seed.ts";
import { portalSpec } from "./portal.ts";

// A program of its own: the simulated portal, with one operator whose inbox holds exactly what a benchmark asks for.

/** Smaller than the demo's world, so that several portals start quickly; large enough for an inbox of 50 dialogs. */
const WORLD_SIZE = 0.3;

async function main(): Promise<void> {
  const spec = portalSpec.parse(JSON.parse(process.argv[2] ?? ""));
  const portal = await startPortal({
    plan: spec.plan,
    size: WORLD_SIZE,
    pastSessions: spec.pastSessions ?? 0,
    latency: { requestMs: spec.requestMs, commandMs: spec.commandMs },
  });
  const operator = portal.users.find((user) => user.role === "operator");
  const supervisor = portal.users.find((user) => user.role === "supervisor");
  if (operator === undefined || supervisor === undefined) throw new Error("The world has too few people");
  for (let missing = spec.lines - portal.world.lines.all().length; missing > 0; missing -= 1) {
    const response = await fetch(`${supervisor.webhookUrl}imopenlines.config.add`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ PARAMS: { LINE_NAME: `Line of a benchmark ${missing}` } }),
    });
    if (!response.ok) throw new Error(`A line could not be added: ${await response.text()}`);
  }
  const userCodes = spec.dialogs === 0 ? [] : fillInbox(portal.world, operator.id, spec.dialogs, spec.messages);
  portal.resetStats();
  const webhooks = Array.from({ length: spec.webhooks }, () =>
    portal.createWebhook((spec.pastSessions === undefined ? operator : supervisor).id),
  );
  const end = (): void => void portal.close().then(() => process.exit(0));
  process.once("SIGTERM", end);
  process.stdin.on("end", end).resume();
  process.stdout.write(`${JSON.stringify({ url: portal.url, webhooks, userCodes })}\n`);
}

await main();
