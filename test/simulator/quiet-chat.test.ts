import { describe, expect, test } from "vitest";
import { customerActs } from "../../simulator/activity.ts";
import { emitMessages } from "../../simulator/events/burst.ts";
import { operatorActs } from "../../simulator/operator-activity.ts";
import { startPortal } from "../../simulator/portal.ts";
import { createRandom } from "../../simulator/random.ts";
import { seedWorld } from "../../simulator/seed/seed.ts";
import { actAs, listAt } from "./rest-client.ts";

const now = Date.UTC(2026, 4, 4, 9);

describe("the dialog that is left alone", () => {
  test("waits for an answer in the first operator's recent list", async () => {
    const portal = await startPortal({ size: 0.2 });
    try {
      const quiet = portal.quietChat;
      expect(quiet).toMatchObject({
        operatorId: 27,
        lineId: expect.any(Number),
        customerName: expect.stringMatching(/./),
      });
      const items = await actAs(portal, 27).result("im.recent.get", { ONLY_OPENLINES: "Y" });
      expect(listAt(items)).toContainEqual(
        expect.objectContaining({ id: `chat${quiet?.chatId}`, title: quiet?.title }),
      );
      expect(portal.world.openSession(quiet?.chatId ?? 0)).toMatchObject({ status: 0, operatorId: 0 });
    } finally {
      await portal.close();
    }
  });

  test("is touched by no customer, no operator and no burst, also after a person has answered it", async () => {
    const world = seedWorld({ seed: 3, size: 0.1, now });
    const chatId = world.quietChat?.chatId ?? 0;
    expect(chatId).toBeGreaterThan(0);
    let others = 0;
    const touched: string[] = [];
    world.onHappening((happening) => {
      if (happening.chatId === chatId) touched.push(happening.kind);
      else others += 1;
    });
    const random = createRandom(5);
    const live = (): void => {
      for (let index = 0; index < 400; index++) {
        customerActs(world, random);
        operatorActs(world, random);
      }
    };
    live();
    await emitMessages(world, 200);
    expect(touched).toEqual([]);
    expect(others).toBeGreaterThan(1_000);
    world.customerWrites(chatId, "Hello?");
    touched.length = 0;
    live();
    expect(touched).toEqual([]);
  });

  test("is the same for the same seed, and every usual world has one", () => {
    for (const size of [0.05, 0.1, 0.3]) {
      const [one, two] = [seedWorld({ seed: 1, size, now }), seedWorld({ seed: 1, size, now })];
      expect(one.quietChat).toBeDefined();
      expect(one.quietChat).toEqual(two.quietChat);
    }
  });
});
