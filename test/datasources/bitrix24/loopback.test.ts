import { expect, it } from "vitest";
import { isLoopback } from "../../../src/datasources/bitrix24/loopback.ts";

it.each([
  "localhost",
  "LOCALHOST",
  "portal.localhost",
  "localhost.",
  "127.0.0.1",
  "127.255.0.9",
  "::1",
  "[::1]",
  "0:0:0:0:0:0:0:1",
  "::ffff:127.0.0.1",
  "[::ffff:7f00:1]",
])("takes %s for this machine", (host) => {
  expect(isLoopback(host)).toBe(true);
});

it.each([
  "",
  "127.0.0.1.evil.com",
  "127.0.0.1:80.evil.com",
  "127.0.0.999",
  "[127.0.0.1]",
  "[localhost]",
  "localhost.evil.com",
  "evil-localhost",
  "notlocalhost",
  "0.0.0.0",
  "::",
  "::2",
  "::ffff:10.0.0.1",
  "128.0.0.1",
  "user@localhost",
])("does not take %j for it", (host) => {
  expect(isLoopback(host)).toBe(false);
});
