import { createServer, type IncomingHttpHeaders, request } from "node:http";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type ClientAddress, createClientAddresses } from "../../../src/server/identity/client-address.ts";

/** Each request is answered with what its address was told to be, by the trust that its path names. */
const server = createServer((message, response) => {
  const trusted = decodeURIComponent((message.url ?? "/").slice(1));
  const address = createClientAddresses(trusted === "" ? [] : trusted.split(","))(message);
  response.end(JSON.stringify(address));
});
let port = 0;

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the server has no port");
  port = address.port;
});
afterAll(() => server.close());

function addressOf(trusted: string, headers: IncomingHttpHeaders): Promise<ClientAddress> {
  return new Promise((resolve, reject) => {
    const path = `/${encodeURIComponent(trusted)}`;
    request({ host: "127.0.0.1", port, path, headers }, async (response) => {
      resolve(JSON.parse((await response.toArray()).join("")));
    })
      .on("error", reject)
      .end();
  });
}

describe("the client's address", () => {
  test.each([
    ["is the connection's when nothing is forwarded", "", {}, "127.0.0.1"],
    ["is the connection's when no proxy is trusted", "", { "x-forwarded-for": "198.51.100.7" }, "127.0.0.1"],
    ["is the one a trusted proxy tells", "127.0.0.1", { "x-forwarded-for": "198.51.100.7" }, "198.51.100.7"],
    [
      "is the nearest that no trusted proxy has, whatever the client wrote before it",
      "127.0.0.0/8,10.0.0.0/8",
      { "x-forwarded-for": "203.0.113.1, 198.51.100.7, 10.1.2.3" },
      "198.51.100.7",
    ],
    [
      "is the proxy that passed on what is no address",
      "127.0.0.1,10.0.0.0/8",
      { "x-forwarded-for": "unknown, 10.1.2.3" },
      "10.1.2.3",
    ],
    [
      "of IPv6 is the network of a customer",
      "127.0.0.1",
      { "x-forwarded-for": "2001:db8:1:2:3::9" },
      "2001:db8:1:2::/64",
    ],
    ["of IPv4 within IPv6 is the IPv4 one", "127.0.0.1", { "x-forwarded-for": "::ffff:198.51.100.7" }, "198.51.100.7"],
  ])("%s", async (_name, trusted, headers, expected) => {
    expect((await addressOf(trusted, headers)).address).toBe(expected);
  });
});

describe("this machine", () => {
  test("is told by the connection", async () => {
    expect((await addressOf("", {})).isLoopback).toBe(true);
  });

  test.each(["forwarded", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "x-real-ip", "via"])(
    "is not meant by a request with the header %s, trusted or not",
    async (name) => {
      for (const trusted of ["", "127.0.0.1"]) {
        expect((await addressOf(trusted, { [name]: "127.0.0.1" })).isLoopback).toBe(false);
      }
    },
  );
});
