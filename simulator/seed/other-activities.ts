import { createRandom } from "../random.ts";
import type { Activity } from "../world/activities.ts";
import type { World } from "../world/world.ts";

const day = 24 * 60 * 60 * 1000;

const kinds: readonly Pick<Activity, "provider" | "providerTypeId" | "subject">[] = [
  { provider: "CRM_TODO", providerTypeId: "TODO", subject: "Call back about the offer" },
  { provider: "VOXIMPLANT_CALL", providerTypeId: "CALL", subject: "Incoming call" },
  { provider: "CRM_EMAIL", providerTypeId: "EMAIL", subject: "Invoice and delivery note" },
];

/** Calls, mails and tasks in the timelines of the CRM: what an activity's event may be about beside sessions. */
export function seedOtherActivities(world: World, seed: number, now: number): void {
  const random = createRandom(seed + 32_452_843);
  for (const [index, entity] of [...world.crm.values()].entries()) {
    if (index % 4 !== 0) continue;
    const kind = random.pick(kinds);
    const id = world.next.activity;
    world.next.activity += 2;
    const at = now - random.int(1, 30) * day;
    const completed = random.chance(0.6);
    const owner = { type: entity.type, id: entity.id };
    world.activities.set(id, {
      id,
      ...kind,
      sessionId: 0,
      owner,
      bindings: [owner],
      createdAt: at,
      updatedAt: at,
      startAt: at,
      endAt: at + (completed ? 900_000 : 60 * day),
      completed,
      responsibleId: entity.assignedTo,
      authorId: entity.assignedTo,
      editorId: entity.assignedTo,
      incoming: kind.provider !== "CRM_TODO",
      resultStatus: 1,
      source: "",
      userCode: "",
    });
  }
}
