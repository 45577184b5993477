import { describe, expect, it } from "vitest";
import { createLane } from "../../../src/datasources/bitrix24/lane.ts";
import { createParties, createParty } from "../../../src/datasources/bitrix24/party.ts";
import type { BudgetName } from "../../../src/datasources/bitrix24/queue-records.ts";
import { createSlots } from "../../../src/datasources/bitrix24/slots.ts";
import { fairShare } from "../../../src/datasources/bitrix24/tally.ts";
import { createWaitingRoom } from "../../../src/datasources/bitrix24/waiting-room.ts";

function party(key: string, budget: BudgetName = "ordinary") {
  return createParty({ key, budget, last: false });
}

function lane(user: string) {
  const endpoint = { origin: "https://portal.example", host: "portal.example", path: `/rest/${user}/` };
  return createLane(endpoint, { kind: "path" });
}

it("shares a bounded thing: all of it alone, then an equal part, and never less than a quarter", () => {
  expect([1, 2, 3, 4, 5, 100].map((waiting) => fairShare(200, waiting))).toEqual([200, 100, 66, 50, 50, 50]);
  expect(fairShare(2, 100)).toBe(1);
});

describe("slots", () => {
  const alone = { parties: 1, lanes: 1 };

  it("are all for who waits alone, and shared by identity and by credential otherwise", () => {
    const slots = createSlots({ usual: 8, extra: 8 });
    const [a, own] = [party("a"), lane("a")];
    expect(slots.free(a, own, alone)).toBe(8);
    expect(slots.free(a, own, { parties: 2, lanes: 1 })).toBe(4);
    expect(slots.free(a, own, { parties: 9, lanes: 1 })).toBe(2);
    for (let taken = 0; taken < 2; taken += 1) slots.take(a, own);
    expect(slots.free(a, own, { parties: 9, lanes: 1 })).toBe(0);
    expect(slots.free(party("b"), own, { parties: 2, lanes: 9 })).toBe(0);
    expect(slots.free(party("b"), lane("b"), { parties: 2, lanes: 9 })).toBe(2);
  });

  it("keep some for parties with little under way, and the last of those for other credentials", () => {
    const slots = createSlots({ usual: 8, extra: 8 });
    const [slow, shared] = [party("slow"), lane("shared")];
    for (let taken = 0; taken < 8; taken += 1) slots.take(slow, shared);
    expect(slots.free(slow, shared, alone)).toBe(0);
    for (const name of ["a", "b"]) {
      const quick = party(name);
      for (let taken = 0; taken < 2; taken += 1) {
        expect(slots.free(quick, shared, alone)).toBe(1);
        slots.take(quick, shared);
      }
      expect(slots.free(quick, shared, alone)).toBe(0);
    }
    expect(slots.free(party("c"), shared, alone)).toBe(0);
    for (const name of ["c", "d", "e", "f"]) {
      const [newcomer, own] = [party(name), lane(name)];
      expect(slots.free(newcomer, own, alone)).toBe(1);
      slots.take(newcomer, own);
      expect(slots.free(newcomer, own, alone)).toBe(0);
    }
    expect([slots.isFull, slots.taken]).toEqual([true, 16]);
    expect(slots.free(party("g"), lane("g"), alone)).toBe(0);
    slots.giveBack(slow, shared);
    expect(slots.free(party("g"), lane("g"), alone)).toBe(1);
  });
});

describe("the waiting room", () => {
  const bounds = { ordinary: 12, unproven: 2, live: 2, background: 2 };

  it("makes place for who has less at the expense of who has most, down to equal parts", () => {
    const room = createWaitingRoom(bounds);
    const parties = ["a", "b", "c", "d", "e", "f"].map((name) => party(name));
    const [greedy] = parties;
    if (greedy === undefined) throw new Error("there are six");
    for (let held = 0; held < 12; held += 1) {
      expect(room.placeFor(greedy)).toBe("free");
      room.enter(greedy);
    }
    expect(room.placeFor(greedy)).toBe("none");
    for (let round = 0; round < 2; round += 1) {
      for (const each of parties.slice(1)) {
        expect(room.placeFor(each)).toBe(greedy);
        room.leave(greedy);
        room.enter(each);
      }
    }
    expect(room.size).toBe(12);
    // Two each: nobody has more than a newcomer would have with his second.
    for (const each of parties) expect(room.placeFor(each)).toBe("none");
    expect(room.placeFor(party("g"))).not.toBe("none");
  });

  it("keeps the budgets apart", () => {
    const room = createWaitingRoom(bounds);
    for (const name of ["x", "y"]) room.enter(party(name, "unproven"));
    expect(room.placeFor(party("z", "unproven"))).toBe("none");
    expect(room.placeFor(party("a"))).toBe("free");
    expect(room.placeFor(party("live", "live"))).toBe("free");
  });
});

it("forgets parties that have been idle while many others came, and no others", () => {
  const caller = (key: string) => ({ key, budget: "ordinary" as const, last: false });
  const parties = createParties(({ key }) => key === "busy");
  const [idle, busy, seated] = ["idle", "busy", "seated"].map((key) => parties.of(caller(key)));
  if (seated === undefined) throw new Error("there are three");
  seated.seated = true;
  expect(parties.of(caller("idle"))).toBe(idle);
  for (let index = 0; index < 3_000; index += 1) parties.of(caller(`other ${index}`));
  expect(parties.of(caller("idle"))).not.toBe(idle);
  expect(parties.of(caller("busy"))).toBe(busy);
  expect(parties.of(caller("seated"))).toBe(seated);
});
