import { LRUCache } from "lru-cache";
import { expect, test } from "vitest";
import { atMost } from "../../src/process/growing-cache.ts";

test("a cache that takes memory as it fills holds so many entries and lets the oldest go", () => {
  const cache = new LRUCache<string, number>({ ...atMost(3), ttl: 60_000 });
  for (const [index, key] of ["a", "b", "c", "d"].entries()) cache.set(key, index);
  expect([...cache.keys()]).toEqual(["d", "c", "b"]);
  cache.get("b");
  cache.set("e", 4);
  expect([...cache.keys()]).toEqual(["e", "b", "d"]);
});
