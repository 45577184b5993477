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

test.each([
  ["https://portal.example.com/pub/a.png?FILE_ID=1", "/pub/a.png?FILE_ID=1"],
  ["http://portal.example.com/pub/a.png", "/pub/a.png"],
  ["https://files.example.com/a.png", undefined],
  ["https://portal.example.com:8443/a.png", undefined],
])(
  "of the address %s only what leads to the portal, with TLS or without, becomes a link of the gateway",
  (told, path) => {
    const seals = createLinkSeals(Buffer.alloc(32, 7));
    const links = createOperationLinks({
      seals,
      publicUrl: "https://gateway.example.com",
      credentials: new Map([["default", credential]]),
      sessionOnly: createSessionOnlyPlaces(),
      path: "/files",
    }).forEvent(identity, "https://portal.example.com", undefined);
    const link = links.content(told, "a.png", false);
    const sealed = /^https:\/\/gateway\.example\.com\/files\/(.+)$/.exec(link ?? "")?.[1];
    expect(sealed === undefined ? link : undefined).toBe(path === undefined ? told : undefined);
    expect(sealed === undefined ? undefined : seals.open(sealed)?.target).toEqual(
      path === undefined ? undefined : { kind: "content", path, name: "a.png", isDownload: false },
    );
  },
);
