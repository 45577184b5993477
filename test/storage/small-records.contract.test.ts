import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { DeadLetter } from "../../src/storage/dead-letter-log.ts";
import { NamespaceFull } from "../../src/storage/key-value-store.ts";
import type { EventStorage } from "../../src/subscriptions/events/event-storage.ts";
import { until } from "../kit/until.ts";
import { adapters, type Place } from "./adapters.ts";

const limits = {
  namespaces: {
    pairs: { maxEntries: 3, whenFull: "dropOldest" },
    installations: { maxEntries: 2, whenFull: "refuse" },
  },
  maxDeadLetters: 4,
} as const;

describe.each(adapters)("small records on $name", ({ makePlace }) => {
  let place: Place;
  let storage: EventStorage;

  beforeEach(async () => {
    place = await makePlace();
    storage = await place.open(limits);
  });
  afterEach(async () => {
    await storage.close();
    await place.remove();
  });

  it("are read as they were written, in their namespace only, also after opening again", async () => {
    const { keyValues } = storage;
    expect(await keyValues.get("a", "key")).toBe(null);
    await keyValues.set("a", "key", "Ünïcode ✓ {}");
    await keyValues.set("b", "key", "other");
    await keyValues.set("a", "key with spaces and | and ünïcode", "");
    await storage.close();
    storage = await place.open(limits);
    expect(await storage.keyValues.get("a", "key")).toBe("Ünïcode ✓ {}");
    expect(await storage.keyValues.get("a", "key with spaces and | and ünïcode")).toBe("");
    expect(await storage.keyValues.get("b", "key")).toBe("other");
    expect(await storage.keyValues.get("__proto__", "constructor")).toBe(null);
  });

  it("take keys of any length", async () => {
    const long = "k".repeat(5_000);
    await storage.keyValues.set("a", long, "1");
    await storage.keyValues.set("a", `${long}x`, "2");
    expect(await storage.keyValues.get("a", long)).toBe("1");
    expect(await storage.keyValues.list("a")).toEqual([
      { key: long, value: "1" },
      { key: `${long}x`, value: "2" },
    ]);
  });

  it("are listed longest unchanged first", async () => {
    const { keyValues } = storage;
    for (const key of ["c", "a", "b"]) {
      await keyValues.set("list", key, key);
    }
    await keyValues.set("list", "c", "changed");
    expect(await keyValues.list("list")).toEqual([
      { key: "a", value: "a" },
      { key: "b", value: "b" },
      { key: "c", value: "changed" },
    ]);
    expect(await keyValues.list("empty")).toEqual([]);
  });

  it("are deleted once", async () => {
    await storage.keyValues.set("a", "key", "1");
    expect(await storage.keyValues.delete("a", "key")).toBe(true);
    expect(await storage.keyValues.delete("a", "key")).toBe(false);
    expect(await storage.keyValues.get("a", "key")).toBe(null);
    expect(await storage.keyValues.list("a")).toEqual([]);
  });

  it("expire", async () => {
    const { keyValues } = storage;
    await keyValues.set("a", "short", "1", { ttlMs: 30 });
    await keyValues.set("a", "long", "2", { ttlMs: 60_000 });
    await keyValues.set("a", "kept", "3", { ttlMs: 30 });
    await keyValues.set("a", "kept", "4");
    await until(async () => (await keyValues.get("a", "short")) === null);
    expect(await keyValues.list("a")).toEqual([
      { key: "long", value: "2" },
      { key: "kept", value: "4" },
    ]);
    expect(await keyValues.delete("a", "short")).toBe(false);
  });

  it("give a lock to one of many, again after its time, and back only from its holder", async () => {
    const { keyValues } = storage;
    const beside = await place.openBeside(storage, limits);
    const tries = await Promise.all(
      Array.from({ length: 50 }, (_, n) =>
        (n % 2 === 0 ? keyValues : beside.keyValues).setIfAbsent("locks", "token", `${n}`, { ttlMs: 60_000 }),
      ),
    );
    expect(tries.filter((taken) => taken).length).toBe(1);
    const holder = `${tries.indexOf(true)}`;
    expect(await keyValues.get("locks", "token")).toBe(holder);
    expect(await keyValues.compareAndSet("locks", "token", "somebody else", null)).toBe(false);
    expect(await keyValues.compareAndSet("locks", "token", holder, null)).toBe(true);
    expect(await keyValues.setIfAbsent("locks", "token", "next", { ttlMs: 20 })).toBe(true);
    await until(() => beside.keyValues.setIfAbsent("locks", "token", "last"));
    expect(await keyValues.get("locks", "token")).toBe("last");
    if (beside !== storage) {
      await beside.close();
    }
  });

  it("are replaced only while they are as expected, by one of many", async () => {
    const { keyValues } = storage;
    expect(await keyValues.compareAndSet("a", "key", "old", "new")).toBe(false);
    await keyValues.set("a", "key", "old");
    const replaced = await Promise.all(
      Array.from({ length: 20 }, (_, n) => keyValues.compareAndSet("a", "key", "old", `new ${n}`)),
    );
    expect(replaced.filter((did) => did).length).toBe(1);
    expect(await keyValues.get("a", "key")).toBe(`new ${replaced.indexOf(true)}`);
    await keyValues.set("a", "short", "old", { ttlMs: 1 });
    await until(async () => (await keyValues.get("a", "short")) === null);
    expect(await keyValues.compareAndSet("a", "short", "old", "new")).toBe(false);
  });

  it("drop the longest unchanged where the namespace is bounded so", async () => {
    const { keyValues } = storage;
    for (const key of ["1", "2", "3"]) {
      await keyValues.set("pairs", key, key);
    }
    await keyValues.set("pairs", "1", "changed");
    await keyValues.set("pairs", "4", "4");
    expect((await keyValues.list("pairs")).map(({ key }) => key)).toEqual(["3", "1", "4"]);
    await Promise.all(Array.from({ length: 50 }, (_, n) => keyValues.set("pairs", `key ${n}`, "x")));
    expect((await keyValues.list("pairs")).length).toBe(3);
  });

  it("refuse where the namespace must not drop, until there is room", async () => {
    const { keyValues } = storage;
    await keyValues.set("installations", "1", "1");
    await keyValues.set("installations", "2", "2", { ttlMs: 1_000 });
    await expect(keyValues.set("installations", "3", "3")).rejects.toBeInstanceOf(NamespaceFull);
    await expect(keyValues.setIfAbsent("installations", "3", "3")).rejects.toBeInstanceOf(NamespaceFull);
    await keyValues.set("installations", "1", "changed");
    await until(async () => (await keyValues.get("installations", "2")) === null);
    await keyValues.set("installations", "3", "3");
    expect((await keyValues.list("installations")).map(({ key }) => key)).toEqual(["1", "3"]);
  });

  it("do not fail with the one that is refused when written together", async () => {
    const { keyValues } = storage;
    const results = await Promise.allSettled([
      keyValues.set("installations", "1", "1"),
      keyValues.set("installations", "2", "2"),
      keyValues.set("installations", "3", "3"),
      keyValues.set("a", "key", "value"),
    ]);
    expect(results.map(({ status }) => status)).toEqual(["fulfilled", "fulfilled", "rejected", "fulfilled"]);
    expect(await keyValues.get("a", "key")).toBe("value");
  });
});

describe.each(adapters)("dead letters on $name", ({ makePlace }) => {
  let place: Place;
  let storage: EventStorage;

  beforeEach(async () => {
    place = await makePlace();
    storage = await place.open(limits);
  });
  afterEach(async () => {
    await storage.close();
    await place.remove();
  });

  function letter(body: string): DeadLetter {
    return { receivedAt: new Date("2026-01-02T03:04:05.678Z"), event: "ONIMBOTX", body, reason: "data is missing" };
  }

  async function bodies(portal: string): Promise<string[]> {
    return (await storage.deadLetters.list(portal)).map(({ body }) => body);
  }

  it("are kept as they came, oldest first, for each portal, also after opening again", async () => {
    await storage.deadLetters.add("one", letter("a[b]=ä"));
    const id = await storage.deadLetters.add("one", letter("second"));
    await storage.deadLetters.add("two", letter("other"));
    await storage.close();
    storage = await place.open(limits);
    const kept = await storage.deadLetters.list("one");
    expect(kept.map(({ id: _, ...rest }) => rest)).toEqual([letter("a[b]=ä"), letter("second")]);
    expect(kept[1]?.id).toBe(id);
    expect([...(await storage.deadLetters.portals())].sort()).toEqual(["one", "two"]);
  });

  it("are read in pages", async () => {
    for (const body of ["1", "2", "3"]) {
      await storage.deadLetters.add("one", letter(body));
    }
    const [first] = await storage.deadLetters.list("one", { limit: 1 });
    expect(first?.body).toBe("1");
    const rest = await storage.deadLetters.list("one", { after: first?.id ?? "", limit: 5 });
    expect(rest.map(({ body }) => body)).toEqual(["2", "3"]);
  });

  it("drop the oldest beyond the bound", async () => {
    for (let n = 1; n <= 10; n += 1) {
      await storage.deadLetters.add("one", letter(`${n}`));
    }
    expect(await bodies("one")).toEqual(["7", "8", "9", "10"]);
  });

  it("are removed one by one and all of a portal", async () => {
    const id = await storage.deadLetters.add("one", letter("1"));
    await storage.deadLetters.add("one", letter("2"));
    await storage.deadLetters.add("two", letter("3"));
    expect(await storage.deadLetters.remove("one", id)).toBe(true);
    expect(await storage.deadLetters.remove("one", id)).toBe(false);
    expect(await storage.deadLetters.remove("one", "no id")).toBe(false);
    expect(await bodies("one")).toEqual(["2"]);
    await storage.deadLetters.purge("one");
    expect(await bodies("one")).toEqual([]);
    expect(await storage.deadLetters.portals()).toEqual(["two"]);
  });
});
