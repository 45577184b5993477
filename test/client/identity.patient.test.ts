import { mkdtempSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { exportJWK, generateKeyPair, SignJWT } from "jose";
import { expect, onTestFinished, test } from "vitest";
import type { Identity } from "../../client/src/main.ts";
import { openGatewayOffice } from "../campaign/live/installed-portal.ts";
import { freePort } from "../kit/free-port.ts";
import { startGatewayHere } from "../kit/gateway-here.ts";
import { eventually } from "../kit/until.ts";
import { createWriter, heardAll, heardFirst, listen, openClient } from "./listening.ts";
import { openWay } from "./way.ts";

const ISSUER = "https://id.example.com/";
const AUDIENCE = "b24-gateway";

/** A gateway that takes the tokens of an identity provider, which signs them for as many seconds as asked. */
async function open() {
  const { privateKey, publicKey } = await generateKeyPair("ES256", { extractable: true });
  const keys = JSON.stringify({ keys: [{ ...(await exportJWK(publicKey)), kid: "first", alg: "ES256", use: "sig" }] });
  const provider = createServer((_request, response) =>
    response.setHeader("content-type", "application/json").end(keys),
  );
  await new Promise<void>((resolve) => provider.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    provider.closeAllConnections();
    provider.close();
  });
  const address = provider.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  const identityFile = join(mkdtempSync(join(tmpdir(), "identity-")), "identity.json");
  const rights = ["query", "act", "events"];
  const rule = { claim: "groups", value: "support", credential: "supervisor", rights, events: "all" };
  writeFileSync(identityFile, JSON.stringify({ claims: [rule] }));
  const office = await openGatewayOffice();
  const origin = await startGatewayHere(
    office.settings(await freePort(), await office.dataDirectory(), {
      GATEWAY_JWT_ISSUER: ISSUER,
      GATEWAY_JWT_AUDIENCE: AUDIENCE,
      GATEWAY_JWT_JWKS_URL: `http://127.0.0.1:${address.port}/jwks.json`,
      GATEWAY_IDENTITY_FILE: identityFile,
    }),
  );
  const sender = await office.install(origin);
  const [place] = office.places();
  if (place === undefined) throw new Error("a portal without chats");
  return {
    writer: createWriter(origin, place, sender),
    way: await openWay(origin),
    sign: (seconds: number) =>
      new SignJWT({ groups: ["support"], jti: String(Math.random()) })
        .setProtectedHeader({ alg: "ES256", kid: "first" })
        .setIssuer(ISSUER)
        .setAudience(AUDIENCE)
        .setSubject("anna")
        .setExpirationTime(Math.floor(Date.now() / 1_000) + seconds)
        .sign(privateKey),
  };
}

test("a token is renewed on the open socket before it expires, so that nothing is opened anew", async () => {
  const { writer, way, sign } = await open();
  const given: string[] = [];
  const client = openClient({
    url: way.url,
    async identity() {
      const token = await sign(given.length < 3 ? 3 : 300);
      given.push(token);
      return { token };
    },
  });
  const listener = listen(client);
  await heardFirst(client, listener, writer);
  const before = way.connections();
  await eventually(() => expect(given.length).toBe(4));
  await writer.write(5);
  await heardAll(listener, writer);
  expect(way.connections()).toBe(before);
  expect(listener.texts).toEqual(writer.taken);
});

test("a token that expired before the client knew ends the socket, and the next one goes on from the same place", async () => {
  const { writer, way, sign } = await open();
  let asked = 0;
  const client = openClient({
    url: way.url,
    async identity(): Promise<Identity> {
      asked += 1;
      // As of a machine whose clock is behind.
      return { token: await sign(asked === 1 ? -27 : 300), expiresAt: Date.now() + 3_600_000 };
    },
  });
  const listener = listen(client);
  await heardFirst(client, listener, writer);
  await writer.write(3);
  await eventually(() => expect(asked).toBe(2));
  await writer.write(3);
  await heardAll(listener, writer);
  expect(listener.texts).toEqual(writer.taken);
  expect(listener.ends).toEqual([]);
});

test("event streams are opened anew with the new token, from their places", async () => {
  const { writer, way, sign } = await open();
  let asked = 0;
  const client = openClient({
    url: way.url,
    transport: "event-stream",
    async identity() {
      asked += 1;
      return { token: await sign(asked < 3 ? 3 : 300) };
    },
  });
  const listener = listen(client);
  await heardFirst(client, listener, writer);
  await eventually(async () => {
    await writer.write(1);
    expect(asked).toBe(3);
  });
  await heardAll(listener, writer);
  expect(listener.texts).toEqual(writer.taken);
});

test("a request with a token that is not accepted is sent again with another, and one without another says so", async () => {
  const { way, sign } = await open();
  const tokens = [await sign(-120), await sign(300)];
  const client = openClient({
    url: way.url,
    identity: () => ({ token: tokens.shift() ?? "none", expiresAt: Date.now() + 3_600_000 }),
  });
  expect((await client.request("{ viewer { label } }")).errors).toBeUndefined();
  const refused = openClient({
    url: way.url,
    identity: { token: await sign(-120), expiresAt: Date.now() + 3_600_000 },
  });
  expect((await refused.request("{ viewer { label } }")).errors?.[0]?.extensions?.code).toBe("UNAUTHENTICATED");
  const listener = listen(refused);
  await eventually(() => expect(listener.ends.map(({ code }) => code)).toEqual(["UNAUTHENTICATED"]));
});
