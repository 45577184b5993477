import { expect, test } from "vitest";
import { ALL_RIGHTS } from "../../src/config/rights.ts";
import { createLinkSeals } from "../../src/server/files/link.ts";
import { createOperationLinks } from "../../src/server/files/operation-links.ts";
import { createSessionOnlyPlaces } from "../../src/server/files/session-only.ts";

const credential = { kind: "webhook", url: "https://portal.example.com/rest/1/s3cr3ts3cr3ts3cr3t/" } as const;
const identity = {
  name: "open",
  viewer: { kind: "open", label: "open" },
  credential,
  rights: ALL_RIGHTS,
  expiresAt: undefined,
} as const;

const KEY = Buffer.alloc(32, 7);

function eventLinks() {
  return createOperationLinks({
    seals: createLinkSeals(KEY),
    publicUrl: "https://gateway.example.com",
    credentials: new Map([["default", credential]]),
    sessionOnly: createSessionOnlyPlaces(),
    path: "/files",
  }).forEvent(identity, "https://portal.example.com", undefined);
}

test("a long name keeps its end, which says what it is", () => {
  const link = eventLinks().content("https://portal.example.com/pub/a", `${"x".repeat(300)}.jpeg`, false);
  const target = createLinkSeals(KEY).open(link?.split("/").at(-1) ?? "")?.target;
  expect(target).toMatchObject({ name: expect.stringMatching(/^x{145}\.jpeg$/) });
});

test.each([
  ["https://portal.example.com/pub/a.png?FILE_ID=1", "/pub/a.png?FILE_ID=1"],
  ["http://portal.example.com/pub/a.png", "/pub/a.png"],
  ["https://files.example.com/a.png", undefined],
  ["https://portal.example.com:8443/a.png", undefined],
])(
  "of the address %s only what leads to the portal, with TLS or without, becomes a link of the gateway",
  (told, path) => {
    const seals = createLinkSeals(KEY);
    const links = eventLinks();
    const link = links.content(told, "a.png", false);
    const sealed = /^https:\/\/gateway\.example\.com\/files\/(.+)$/.exec(link ?? "")?.[1];
    expect(sealed === undefined ? link : undefined).toBe(path === undefined ? told : undefined);
    expect(sealed === undefined ? undefined : seals.open(sealed)?.target).toEqual(
      path === undefined ? undefined : { kind: "content", path, name: "a.png", isDownload: false },
    );
  },
);
