import { describe, expect, onTestFinished, test } from "vitest";
import { createSharedUploads } from "../../src/server/files/shared-uploads.ts";
import type { UploadTicket } from "../../src/server/files/upload-ticket.ts";
import { adapters } from "../storage/adapters.ts";

const KEY = Buffer.alloc(32, 7);
const TICKET: UploadTicket = {
  uploadId: "upload-1",
  owner: "key:anna",
  claim: { kind: "open" },
  portal: "portal.example.com",
  chatId: "5",
  name: "offer.pdf",
  size: 10,
  contentType: "application/pdf",
  expiresAt: Date.now() + 60 * 60_000,
};

describe.each(adapters)("an upload that gateways share, over $name", ({ makePlace }) => {
  test("is not free again because its bytes came once more, to another gateway, while one sends it", async () => {
    const place = await makePlace();
    const storage = await place.open();
    const beside = await place.openBeside(storage);
    onTestFinished(async () => {
      await storage.close();
      await beside.close();
      await place.remove();
    });
    const [here, there] = [createSharedUploads(storage.keyValues, KEY), createSharedUploads(beside.keyValues, KEY)];
    await here.received(TICKET);
    const found = await here.find(TICKET.uploadId);
    expect(await found?.change({ state: "sending", idempotencyKey: "k" })).toBe(true);
    await there.received(TICKET);
    expect((await there.find(TICKET.uploadId))?.upload).toMatchObject({ state: "sending", idempotencyKey: "k" });
  });
});
