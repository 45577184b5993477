import { afterAll, beforeAll, expect, it, onTestFinished } from "vitest";
import { PortalRateLimited } from "../../../../src/datasources/bitrix24/errors.ts";
import { createDialogLists, type ListUrgency } from "../../../../src/subscriptions/live/dialog-lists.ts";
import { openInboxFeed } from "../../../../src/subscriptions/live/inbox/inbox-feed.ts";
import type { LiveViewer } from "../../../../src/subscriptions/live/live-viewer.ts";
import { createWatchers } from "../../../../src/subscriptions/live/watchers.ts";
import { until } from "../../../kit/until.ts";
import { type Office, openOffice, webhook } from "../../office.ts";

let office: Office;
beforeAll(async () => {
  office = await openOffice();
});
afterAll(() => office.close());

it("a first list that the portal was too busy for is asked for again as the viewer's own read, not with what the live side has left", async () => {
  const closing = new AbortController();
  const asked: ListUrgency[] = [];
  const onError = (error: unknown): void => expect.fail(String(error));
  const lists = createDialogLists({
    sessionOf(_viewer, urgency) {
      asked.push(urgency);
      const [operator] = office.operators;
      const isRefused = urgency !== "viewer" || asked.filter((each) => each === "viewer").length === 1;
      if (isRefused || operator === undefined) throw new PortalRateLimited("much is asked already", 5_001);
      return office.session(webhook(operator));
    },
    signal: closing.signal,
  });
  const watchers = createWatchers({ lists, onError });
  const viewer: LiveViewer = {
    portal: { host: "portal.example", memberId: "portal" },
    credentialKey: "operator",
    rightsKey: "operator",
    scope: "own",
    grantedLines: new Set(),
  };
  const feed = openInboxFeed({
    viewer,
    lists,
    watchers,
    access: { maySee: async () => true },
    previewOf: () => expect.fail("there are no events"),
    onError,
  });
  onTestFinished(() => {
    feed.close();
    watchers.close();
    closing.abort();
  });
  await until(() => feed.list.read() !== undefined);
  expect(feed.list.rows().length).toBeGreaterThan(0);
  expect(asked).toEqual(["viewer", "viewer"]);
});
