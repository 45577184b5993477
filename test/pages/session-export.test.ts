import { ApolloClient, HttpLink, InMemoryCache } from "@apollo/client";
import { expect, test } from "vitest";
import { csvOf } from "../../examples/inbox/src/supervisor/csv.ts";
import { readAllSessions } from "../../examples/inbox/src/supervisor/read-all-sessions.ts";
import { keyFor } from "../kit/gateway.ts";
import { openLiveOffice } from "../kit/live-office.ts";

test("more sessions than one table takes are saved in parts, each behind the one before, none twice and none left out", async () => {
  const { portal, gateway } = await openLiveOffice({ size: 0.5 });
  const [supervisor] = portal.users;
  if (supervisor === undefined) throw new Error("nobody");
  const headers = { "x-api-key": gateway.keyOf(keyFor(supervisor)) };
  const apollo = new ApolloClient({
    cache: new InMemoryCache(),
    link: new HttpLink({ uri: gateway.url, headers, fetch }),
  });
  const filter = { created: { from: "2000-01-01T00:00:00Z" } };
  const told: number[] = [];
  const all = await readAllSessions(apollo, { filter, after: null, most: 100_000 }, (count) => told.push(count));
  expect(all.next).toBeNull();
  expect(told.at(-1)).toBe(all.sessions.length);
  expect(all.sessions.length).toBeGreaterThan(200);

  const parts: string[][] = [];
  let next: string | null = null;
  do {
    const part = await readAllSessions(apollo, { filter, after: next, most: 150 }, () => {});
    parts.push(part.sessions.map(({ id }) => id));
    next = part.next;
  } while (next !== null);
  expect(parts.length).toBeGreaterThan(1);
  for (const part of parts.slice(0, -1)) expect(part.length).toBeGreaterThanOrEqual(150);
  expect(parts.flat()).toEqual(all.sessions.map(({ id }) => id));

  const [session] = all.sessions;
  if (session === undefined) throw new Error("no session");
  const customer = { id: "1", name: '=SUM(A1), "ha"', avatarUrl: null };
  const [, row] = csvOf([{ ...session, customer: { ...session.customer, ...customer } }]).split("\r\n");
  expect(row).toContain(`,"'=SUM(A1), ""ha""",`);
});
