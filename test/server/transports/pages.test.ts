import { readFileSync } from "node:fs";
import { request } from "node:http";
import { brotliDecompressSync, gunzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type RunningPortal, startPortal } from "../../../simulator/portal.ts";
import { keyFor, startGateway, type TestGateway } from "../../kit/gateway.ts";

let portal: RunningPortal;
let open: TestGateway;
let closed: TestGateway;

beforeAll(async () => {
  portal = await startPortal({ size: 0.1 });
  const people = "Anna (operator):demo-key-for-everyone";
  open = await startGateway({ portal, env: { GATEWAY_EXPLORER: "true", GATEWAY_EXPLORER_PEOPLE: people } });
  closed = await startGateway({ portal });
});

afterAll(async () => {
  await open.close();
  await closed.close();
  await portal.close();
});

/** A request as a browser sends it, without any decoding of what is compressed. */
async function get(path: string, headers: Record<string, string> = {}, gateway = open) {
  const { hostname, port } = new URL(gateway.url);
  return await new Promise<{ status: number | undefined; headers: Record<string, unknown>; body: Buffer }>(
    (resolve, reject) => {
      request({ hostname, port, path, headers: { accept: "text/html,*/*;q=0.8", ...headers } }, (response) => {
        const chunks: Buffer[] = [];
        response.on("data", (chunk: Buffer) => chunks.push(chunk));
        response.on("end", () =>
          resolve({ status: response.statusCode, headers: response.headers, body: Buffer.concat(chunks) }),
        );
      })
        .on("error", reject)
        .end();
    },
  );
}

async function scriptPath(): Promise<string> {
  const page = (await get("/explorer")).body.toString();
  return /<script type="module"[^>]* src="([^"]+)"/.exec(page)?.[1] ?? "";
}

describe("the explorer's files", () => {
  test("a page has a strict policy, and is asked for again each time", async () => {
    const { status, headers } = await get("/explorer");
    expect(status).toBe(200);
    expect(headers["content-type"]).toBe("text/html; charset=utf-8");
    expect(headers["cache-control"]).toBe("no-cache");
    const policy = String(headers["content-security-policy"]);
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("script-src 'self';");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toMatch(/unsafe-eval|https:/);
  });

  test.each([
    ["br", (body: Buffer) => brotliDecompressSync(body)],
    ["gzip", (body: Buffer) => gunzipSync(body)],
    ["identity", (body: Buffer) => body],
  ])("a script is sent as %s, kept for good, and not sent to whoever has it", async (encoding, decode) => {
    const path = await scriptPath();
    const answer = await get(path, { "accept-encoding": encoding });
    expect(answer.headers["content-encoding"]).toBe(encoding === "identity" ? undefined : encoding);
    expect(answer.headers["content-type"]).toBe("text/javascript; charset=utf-8");
    expect(answer.headers["cache-control"]).toBe("public, max-age=31536000, immutable");
    expect(answer.headers.vary).toContain("accept-encoding");
    expect(decode(answer.body).toString()).toContain("createRoot");
    const again = await get(path, { "if-none-match": String(answer.headers.etag) });
    expect([again.status, again.body.length]).toEqual([304, 0]);
  });

  test("an encoding that the browser refuses is not sent", async () => {
    const answer = await get(await scriptPath(), { "accept-encoding": "br;q=0, gzip;q=0.5" });
    expect(answer.headers["content-encoding"]).toBe("gzip");
  });

  test.each([
    "/pages/../package.json",
    "/pages/..%2f..%2fpackage.json",
    "/pages/%2e%2e/%2e%2e/package.json",
    "/pages/assets/..%5c..%5cpackage.json",
    "/pages//etc/passwd",
    "/pages/.built",
    "/pages/explorer",
    "/pages/explorer/index.html",
    "/pages/docs/schema.html",
    "/pages/schema.json",
    "/docs/../schema",
    "/docs/%2e%2e/explorer/index",
    "/pages/%00",
  ])("nothing else is served: %s", async (path) => {
    const { status, body } = await get(path);
    expect([400, 404]).toContain(status);
    expect(body.toString()).not.toMatch(/dependencies|root:|queryType|<section|<script/);
  });

  test("the demo's people are told to the explorers alone, and never kept", async () => {
    const { headers, body } = await get("/pages/settings.json");
    expect(headers["cache-control"]).toBe("no-store");
    expect(JSON.parse(body.toString()).people).toEqual([{ name: "Anna (operator)", key: "demo-key-for-everyone" }]);
  });

  test.each(["/explorer", "/pages/settings.json"])(
    "%s is not there when the explorers are switched off",
    async (path) => {
      expect((await get(path, {}, closed)).status).toBe(404);
    },
  );
});

describe("the example inbox", () => {
  test("is there for the demo's people, loads nothing from elsewhere and runs nothing that is written into it", async () => {
    const { status, headers, body } = await get("/inbox");
    expect(status).toBe(200);
    expect(headers["cache-control"]).toBe("no-cache");
    expect(String(headers["content-security-policy"])).not.toMatch(/unsafe|https:|\*/);
    const [script = ""] = /\/inbox\/assets\/[^"]+\.js/.exec(body.toString()) ?? [];
    const answer = await get(script);
    expect([answer.status, answer.headers["cache-control"]]).toEqual([200, "public, max-age=31536000, immutable"]);
  });

  test("loads at most 350 KB, and the supervisor's page only when it is opened", async () => {
    const { body: page } = await get("/inbox");
    const parts = [...page.toString().matchAll(/(?:src|href)="(\/inbox\/assets\/[^"]+)"/g)].map(
      ([, path]) => path ?? "",
    );
    const bodies = await Promise.all(parts.map(async (path) => (await get(path, { "accept-encoding": "gzip" })).body));
    const bytes = [page, ...bodies].reduce((sum, body) => sum + body.length, 0);
    expect(bodies.length).toBeGreaterThan(1);
    expect(bytes).toBeLessThan(350_000);
    expect(bodies.some((body) => gunzipSync(body).includes("statistics-view"))).toBe(false);
  });

  test("is not there where nobody may act without a key of his own", async () => {
    const nobody = await startGateway({ portal, env: { GATEWAY_EXPLORER: "true" } });
    for (const gateway of [closed, nobody]) {
      const { status, body } = await get("/inbox", { accept: "text/html" }, gateway);
      expect([status, body.toString()]).toEqual([404, expect.stringContaining("GATEWAY_EXPLORER_PEOPLE")]);
      expect((await get("/", {}, gateway)).body.toString()).not.toContain('href="/inbox"');
    }
    await nobody.close();
    expect((await get("/")).body.toString()).toContain('href="/inbox"');
  });

  test("is led to under the public address, with which those of files begin", async () => {
    const env = { GATEWAY_EXPLORER: "true", GATEWAY_EXPLORER_PEOPLE: "Anna:demo-key-for-everyone" };
    const elsewhere = await startGateway({ portal, env: { ...env, GATEWAY_PUBLIC_URL: "http://gateway.test" } });
    const { status, headers } = await get("/inbox", {}, elsewhere);
    expect([status, headers.location]).toEqual([302, "http://gateway.test/inbox"]);
    expect((await get("/inbox", { host: "gateway.test" }, elsewhere)).status).toBe(200);
    await elsewhere.close();
  });
});

test("only the page of Apollo Sandbox may load from another host", async () => {
  const { headers, body } = await get("/graphql");
  expect(body.toString()).toContain("Apollo Sandbox");
  expect(new Set(String(headers["content-security-policy"]).match(/https:\/\/[^ ;]+/g))).toEqual(
    new Set(["https://embeddable-sandbox.cdn.apollographql.com", "https://sandbox.embed.apollographql.com"]),
  );
});

test("a browser that asks for an icon gets one", async () => {
  const { status, headers } = await get("/favicon.ico", {}, closed);
  expect([status, headers["content-type"]]).toEqual([200, "image/svg+xml"]);
});

describe("the page at /", () => {
  const home = async (gateway: TestGateway, headers: Record<string, string> = {}) =>
    (await get("/", headers, gateway)).body.toString();

  test("says whose portal it is and who one is, to whoever sends a key", async () => {
    const name = firstKeyName();
    const text = await home(closed, { "x-api-key": closed.keyOf(name) });
    expect(text).toContain(new URL(portal.url).host);
    expect(text).toContain(`${name} (api-key)`);
  });

  test("tells nobody else, and leads to the guides", async () => {
    const text = await home(closed);
    expect(text).not.toContain(new URL(portal.url).host);
    expect(text).toContain("Nobody yet");
    expect(text).toContain('href="/docs"');
    expect(text).not.toContain('href="/explorer"');
  });

  test("leads to the explorers and the schema where they are open to all", async () => {
    const text = await home(open);
    for (const path of ["/explorer", "/graphql", "/docs/schema", "/schema.graphql", "/health"]) {
      expect(text).toContain(`href="${path}"`);
    }
    expect(text).toMatch(/In the explorer and the inbox you can act as one of \d+ people/);
  });
});

describe("the schema", () => {
  const paths = ["/schema.graphql", "/schema.json", "/docs/schema", "/docs/schema-search.json"];

  test("is told as a file for generators, with inputs of which one key is wanted", async () => {
    const file = await get("/schema.graphql");
    expect(file.headers["content-type"]).toBe("text/plain; charset=utf-8");
    expect(file.body.toString()).toBe(readFileSync(new URL("../../../schema.graphql", import.meta.url), "utf8"));
    const { data } = JSON.parse((await get("/schema.json")).body.toString());
    const types: { name: string; isOneOf?: boolean }[] = data.__schema.types;
    expect(types.find(({ name }) => name === "TransferTarget")).toMatchObject({ isOneOf: true });
  });

  test.each(paths)("%s is for those who may ask for it: with a key where keys are needed", async (path) => {
    expect((await get(path, { accept: "*/*" }, closed)).status).toBe(401);
    const key = closed.keyOf(firstKeyName());
    expect((await get(path, { accept: "*/*", "x-api-key": key }, closed)).status).toBe(200);
  });

  test.each(paths)("%s is not told where introspection is switched off", async (path) => {
    const silent = await startGateway({ portal, env: { GATEWAY_INTROSPECTION: "false" } });
    const key = silent.keyOf(firstKeyName());
    expect((await get(path, { accept: "*/*", "x-api-key": key }, silent)).status).toBe(404);
    await silent.close();
  });
});

function firstKeyName(): string {
  const [first] = portal.users;
  if (first === undefined) throw new Error("the seed has nobody");
  return keyFor(first);
}
