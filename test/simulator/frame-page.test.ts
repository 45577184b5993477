import { afterAll, beforeAll, expect, test } from "vitest";
import { type RunningPortal, startPortal } from "../../simulator/portal.ts";

let portal: RunningPortal;
beforeAll(async () => {
  portal = await startPortal({ size: 0.1 });
});
afterAll(() => portal.close());

async function open(query: string) {
  const response = await fetch(`${portal.url}/__frame?${query}`);
  return { status: response.status, text: await response.text() };
}

test.each([
  ["", "Give the address of the application"],
  ["app=javascript:alert(1)", "Give the address of the application"],
  ["app=http://localhost:5173&user=999999", "user must be the id of one of the staff"],
  ["app=http://localhost:5173&seconds=soon", "seconds must be a number above 0"],
])("a page of the portal for a frame says what its address lacks: %s", async (query, sentence) => {
  expect(await open(query)).toMatchObject({ status: 400, text: expect.stringContaining(sentence) });
});

test("an application's address is put into the page as text, whatever is in it", async () => {
  const { status, text } = await open(`app=${encodeURIComponent('http://localhost/?a="><script>alert(1)</script>')}`);
  expect([status, text.includes("<script>alert")]).toEqual([200, false]);
  expect(text).toContain('src="http://localhost/?a=&quot;>&lt;script>');
});
