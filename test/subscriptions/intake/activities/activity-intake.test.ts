import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { completeByHand } from "../../../../simulator/world/crm-deeds.ts";
import type { Session } from "../../../../simulator/world/records.ts";
import type { PortalSession } from "../../../../src/datasources/bitrix24/calls.ts";
import { NamespaceFull } from "../../../../src/storage/key-value-store.ts";
import {
  type ActivityIntake,
  createActivityIntake,
} from "../../../../src/subscriptions/intake/activities/activity-intake.ts";
import { createKnownSessions } from "../../../../src/subscriptions/intake/activities/known-session.ts";
import {
  createNoticedActivities,
  NOTICED_ACTIVITY_NAMESPACES,
} from "../../../../src/subscriptions/intake/activities/noticed-activities.ts";
import { createToldSessions } from "../../../../src/subscriptions/intake/told-sessions.ts";
import { eventually } from "../../../kit/until.ts";
import { type Office, openOffice, webhook } from "../../office.ts";

let office: Office;
beforeAll(async () => {
  office = await openOffice({ size: 0.5 });
});
afterAll(() => office.close());
beforeEach(() => {
  office.portal.setFaults([]);
  office.portal.resetStats();
});

const portal = { host: "portal.example", memberId: undefined };
const name = "host:portal.example";
const lists = (): number => office.portal.stats().byMethod["crm.activity.list"] ?? 0;

function openIntake(pace = { idleMs: 1, loadMs: 5 }): ActivityIntake {
  const { keyValues, log } = office.storage();
  const intake = createActivityIntake({
    noticed: createNoticedActivities(keyValues),
    known: createKnownSessions(keyValues),
    told: createToldSessions(keyValues, log),
    sessionOf: async (): Promise<PortalSession> => office.session(webhook(office.supervisor)),
    onError: (error) => expect.fail(String(error)),
    pace,
  });
  onTestFinished(() => intake.close());
  return intake;
}

function openSession(): Session {
  const chat = office.chat(({ data, crm }) => {
    const session = office.portal.world.sessions.get(data.sessionId);
    return session !== undefined && !session.closed && session.activityId > 0 && crm.saved;
  });
  return office.portal.world.session(chat.data.sessionId);
}

async function kinds(): Promise<string[]> {
  return (await office.storage().log.read(name, 0, 1_000)).map(({ event }) => event.kind);
}

describe("what is told of activities", () => {
  it("in one moment is looked up by one command, and of one activity once", async () => {
    const intake = openIntake({ idleMs: 600, loadMs: 600 });
    const sessions = Array.from({ length: 5 }, openSession);
    const before = await kinds();
    for (let times = 0; times < 2; times += 1) {
      await Promise.all(
        sessions.map(({ activityId }) => intake.take(portal, { activityId: String(activityId), change: "updated" })),
      );
    }
    await eventually(() => expect(intake.counts().sessions).toBe(5));
    expect(lists()).toBe(1);
    expect(intake.counts().gathered).toBe(5);
    expect((await kinds()).slice(before.length)).toEqual(Array.from({ length: 5 }, () => "chatChanged"));
  });

  it("and is none of a session is not asked about again", async () => {
    const intake = openIntake();
    const foreign = [...office.portal.world.activities.values()].find(({ provider }) => provider === "CRM_TODO");
    const notice = { activityId: String(foreign?.id), change: "updated" } as const;
    await intake.take(portal, notice);
    // What is told while it is looked at is looked at again.
    await eventually(async () => expect(await createNoticedActivities(office.storage().keyValues).list()).toEqual([]));
    await intake.take(portal, notice);
    expect(intake.counts().foreign).toBe(1);
    expect(lists()).toBe(1);
  });

  it("and was not looked at before the process ended is looked at by the next one", async () => {
    const session = openSession();
    const first = openIntake({ idleMs: 60_000, loadMs: 60_000 });
    await first.take(portal, { activityId: String(session.activityId), change: "added" });
    await first.close();
    expect(lists()).toBe(0);
    const before = await kinds();
    const next = openIntake();
    await next.start();
    await eventually(() => expect(next.counts().sessions).toBe(1));
    expect((await kinds()).slice(before.length)).toEqual(["sessionStarted"]);
    await eventually(async () => expect(await createNoticedActivities(office.storage().keyValues).list()).toEqual([]));
  });

  it("waits while the portal is away, and is told once it is back", async () => {
    const session = openSession();
    const intake = openIntake();
    const activity = { activityId: String(session.activityId), change: "updated" } as const;
    await intake.take(portal, activity);
    await eventually(() => expect(intake.counts().sessions).toBe(1));
    office.portal.setFaults([{ kind: "http", status: 503, body: "away", times: 4 }]);
    const before = await kinds();
    completeByHand(office.portal.world, session.activityId);
    await intake.take(portal, activity);
    await eventually(async () => expect(await kinds()).toEqual([...before, "sessionFinished", "chatChanged"]));
  });

  it("is refused when too much waits, so that the sender's subscribers are told of a gap", async () => {
    const bound = NOTICED_ACTIVITY_NAMESPACES["noticed-activities"];
    expect(bound).toEqual({ maxEntries: 20_000, whenFull: "refuse" });
    const storage = await office.reopenStorage({
      namespaces: { "noticed-activities": { maxEntries: 2, whenFull: "refuse" } },
    });
    const noticed = createNoticedActivities(storage.keyValues);
    const keep = (activityId: string) => noticed.keep({ portal, activityId, isNew: false, toldAt: 1 });
    await keep("1");
    await keep("2");
    await expect(keep("3")).rejects.toThrow(NamespaceFull);
  });
});
