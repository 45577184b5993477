import { expect, test } from "vitest";
import { operatorActs } from "../../simulator/operator-activity.ts";
import { startPortal } from "../../simulator/portal.ts";
import { createRandom } from "../../simulator/random.ts";
import { seedWorld } from "../../simulator/seed/seed.ts";

const now = Date.UTC(2026, 4, 4, 9);

test("operators answer, take and end dialogs, and only members of the staff do", () => {
  const world = seedWorld({ seed: 3, size: 0.2, now });
  const heard = new Map<string, number>();
  const authors = new Set<string>();
  world.onHappening((happening) => {
    const name = happening.kind === "messageAdded" ? `${happening.kind} ${happening.direction}` : happening.kind;
    heard.set(name, (heard.get(name) ?? 0) + 1);
    if (happening.kind === "messageAdded" && happening.direction === "outgoing") {
      authors.add(world.user(world.message(happening.messageId).authorId).kind);
    }
  });
  const unanswered = () =>
    [...world.sessions.values()].filter((session) => !session.closed && session.waitAnswer).length;
  const before = unanswered();
  const random = createRandom(5);
  for (let index = 0; index < 200; index++) operatorActs(world, random);
  for (const name of ["messageAdded outgoing", "sessionChanged", "sessionFinished"]) {
    expect(heard.get(name) ?? 0).toBeGreaterThan(0);
  }
  expect(heard.has("messageAdded incoming")).toBe(false);
  expect(unanswered()).toBeLessThan(before);
  expect([...authors]).toEqual(["staff"]);
});

test("in a running portal they do so at the given pace", async () => {
  const portal = await startPortal({ size: 0.1, operatorActivityPerMinute: 6_000 });
  try {
    await new Promise<void>((resolve) => {
      portal.world.onHappening((happening) => {
        if (happening.kind === "messageAdded" && happening.direction === "outgoing") resolve();
      });
    });
  } finally {
    await portal.close();
  }
});
