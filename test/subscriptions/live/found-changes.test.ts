import { expect, onTestFinished, test } from "vitest";
import type { ChatRecord } from "../../../src/datasources/domain/chat.ts";
import { createFoundChanges } from "../../../src/subscriptions/live/found-changes.ts";
import { until } from "../../kit/until.ts";

const portal = { host: "portal.example", memberId: "portal" };

function held(operatorId: string | null, id = "5"): ChatRecord {
  return { id, source: "full", operatorId };
}

/** What one process finds and how it names it. */
function startProcess() {
  const names: string[] = [];
  const changes = createFoundChanges({ found: (_portal, _change, name) => names.push(name), graceMs: 1 });
  onTestFinished(changes.close);
  return { names, changes };
}

test("the same change has the same name in whichever process it is found, and the way back another one", async () => {
  const [one, other] = [startProcess(), startProcess()];
  for (const { changes, names } of [one, other]) {
    changes.observe(portal, held("27"), 1);
    changes.observe(portal, held("31"), 2);
    await until(() => names.length === 1);
  }
  expect(one.names).toEqual(other.names);
  one.changes.observe(portal, held("27"), 3);
  await until(() => one.names.length === 2);
  other.changes.observe(portal, held(null, "6"), 1);
  other.changes.observe(portal, held("31", "6"), 2);
  await until(() => other.names.length === 2);
  expect(new Set([...one.names, ...other.names]).size).toBe(3);
});
