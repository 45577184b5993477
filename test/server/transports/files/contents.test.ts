import { mkdtempSync } from "node:fs";
import { createServer, get, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { brotliCompressSync, deflateSync, gzipSync } from "node:zlib";
import { expect, onTestFinished, test } from "vitest";
import { addKey, removeKey } from "../../../../src/server/identity/keys-file.ts";
import { startOwnClock } from "../../../kit/own-time.ts";
import { eventually } from "../../../kit/until.ts";
import { startFilePortal } from "./file-portal.ts";

async function problemOf(link: string): Promise<{ status: number; code: string }> {
  const response = await fetch(link);
  const { errors } = (await response.json()) as { errors: [{ extensions: { code: string } }] };
  return { status: response.status, code: errors[0].extensions.code };
}

test.each([
  ["picture.svg", "image/svg+xml"],
  ["page.html", "application/xhtml+xml"],
  ["page.png", "text/xml"],
  ["script.js", "text/javascript"],
  ["paper.pdf", "application/pdf"],
  ["unknown.html", "application/octet-stream"],
])("%s as %s is never shown, only kept", async (name, type) => {
  const portal = await startFilePortal();
  portal.serve = (_request, response) =>
    response.writeHead(200, { "content-type": type }).end("<script>alert(1)</script>");
  const response = await fetch(portal.link({ name }));
  expect(response.headers.get("content-type")).toBe("application/octet-stream");
  expect(response.headers.get("content-disposition")).toBe(`attachment; filename="${name}"; filename*=UTF-8''${name}`);
  expect(response.headers.get("x-content-type-options")).toBe("nosniff");
  expect(response.headers.get("content-security-policy")).toBe("sandbox");
});

test.each([
  ["../../a\r\nset-cookie: x=1.png", "_.._a", "_.._aset-cookie_ x=1.png"],
  ['quo"te\\.png', "quo_te_.png", "quo_te_.png"],
  ["\u202egnp.exe", "gnp.exe", "gnp.exe"],
  ["отчёт 1%.png", "", "отчёт 1%.png"],
  ["...", "file", "file"],
  [`${"x".repeat(400)}.png`, "x", `${"x".repeat(116)}.png`],
])("the name %j is made harmless", async (name, _start, shown) => {
  const portal = await startFilePortal();
  portal.serve = (_request, response) => response.writeHead(200, { "content-type": "image/png" }).end("x");
  const disposition = (await fetch(portal.link({ name }))).headers.get("content-disposition") ?? "";
  expect(disposition).toMatch(/^inline; filename="[\x20-\x7e]*"; filename\*=UTF-8''[A-Za-z0-9%._~&+$^`{}-]*$/);
  expect(decodeURIComponent(disposition.split("UTF-8''")[1] ?? "")).toBe(shown);
});

test("nothing of a portal's headers is passed on", async () => {
  const portal = await startFilePortal();
  portal.serve = (_request, response) =>
    response
      .writeHead(200, {
        "content-type": "image/png",
        "set-cookie": "session=1",
        server: "portal",
        "content-disposition": 'attachment; filename="evil.exe"',
        "x-portal": "secret",
      })
      .end("x");
  const response = await fetch(portal.link());
  const text = JSON.stringify([...response.headers]);
  for (const word of ["session", "server", "evil", "secret", portal.portalHost]) expect(text).not.toContain(word);
});

test("what a portal says of an unknown kind is decided by the name", async () => {
  const portal = await startFilePortal();
  portal.serve = (_request, response) =>
    response.writeHead(200, { "content-type": "application/octet-stream" }).end("x");
  const response = await fetch(portal.link({ name: "voice.MP3" }));
  expect(response.headers.get("content-type")).toBe("audio/mpeg");
  expect(response.headers.get("content-disposition")).toMatch(/^inline/);
});

test("a redirect to another host is not followed, one on the portal is", async () => {
  const portal = await startFilePortal();
  let asked = 0;
  const foreign = createServer((_request, response) => {
    asked += 1;
    response.end("secret of the inner network");
  });
  await new Promise<void>((listening) => foreign.listen(0, "127.0.0.1", listening));
  onTestFinished(() => void foreign.close());
  const { port } = foreign.address() as AddressInfo;
  portal.serve = (_request, response) => response.writeHead(302, { location: `http://127.0.0.1:${port}/x` }).end();
  expect(await problemOf(portal.link())).toEqual({ status: 502, code: "UPSTREAM_UNAVAILABLE" });
  expect(asked).toBe(0);
  portal.serve = (request, response) =>
    request.url === "/moved" ? response.end("moved") : response.writeHead(302, { location: "/moved" }).end();
  expect(await (await fetch(portal.link())).text()).toBe("moved");
  portal.serve = (_request, response) => response.writeHead(302, { location: "/again" }).end();
  expect(await problemOf(portal.link())).toEqual({ status: 502, code: "UPSTREAM_UNAVAILABLE" });
});

test("further hosts for files are followed where they are set", async () => {
  const files = createServer((_request, response) => response.end("from elsewhere"));
  await new Promise<void>((listening) => files.listen(0, "127.0.0.1", listening));
  onTestFinished(() => void files.close());
  const { port } = files.address() as AddressInfo;
  const portal = await startFilePortal({ BITRIX24_FILE_HOSTS: `127.0.0.1:${port}` });
  portal.serve = (_request, response) => response.writeHead(302, { location: `http://127.0.0.1:${port}/x` }).end();
  expect(await (await fetch(portal.link())).text()).toBe("from elsewhere");
});

test("a preview that needs a session gives way to the file itself, and is not tried again", async () => {
  const portal = await startFilePortal();
  portal.serve = (request, response) =>
    request.url?.startsWith("/once")
      ? response.writeHead(200, { "content-type": "image/png" }).end("the file")
      : response.writeHead(302, { location: "/auth/?backurl=x" }).end();
  const link = portal.link({ viewPath: "/bitrix/preview?id=7" });
  expect(await (await fetch(link)).text()).toBe("the file");
  expect(await (await fetch(link)).text()).toBe("the file");
  expect(portal.fetched).toEqual(["/bitrix/preview?id=7", "/once?token=1", "/once?token=1"]);
});

test("a portal without the methods gives the file by its own link, or not at all", async () => {
  const portal = await startFilePortal();
  portal.refusal = "ERROR_METHOD_NOT_FOUND";
  portal.serve = (_request, response) => response.writeHead(200, { "content-type": "image/png" }).end("signed");
  expect(await (await fetch(portal.link({ filePath: "/pub/file?sign=1" }))).text()).toBe("signed");
  portal.serve = (_request, response) =>
    response.writeHead(200, { "content-type": "text/html" }).end("<form>log in</form>");
  expect(await problemOf(portal.link({ filePath: "/pub/file?sign=2" }))).toEqual({
    status: 404,
    code: "NOT_FOUND_OR_FORBIDDEN",
  });
});

test.each([[null], [[]], [{}], [{ downloadUrl: null }], [{ downloadUrl: "http://[no" }], [false]])(
  "a method that answers %j in place of a link costs that way to the file, and no other",
  async (answer) => {
    const portal = await startFilePortal();
    portal.answers.set("im.v2.File.download", answer);
    portal.serve = (_request, response) => response.writeHead(200, { "content-type": "image/png" }).end("signed");
    expect(await (await fetch(portal.link({ filePath: "/pub/file?sign=1" }))).text()).toBe("signed");
    portal.answers.set("disk.file.get", { DOWNLOAD_URL: "/disk/once" });
    expect(await (await fetch(portal.link({ fileId: "8", filePath: "/pub/file?sign=1" }))).text()).toBe("signed");
    expect(portal.fetched).toEqual(["/pub/file?sign=1", "/disk/once"]);
    // Whether it is there nobody has said.
    portal.answers.delete("disk.file.get");
    expect(await problemOf(portal.link({ fileId: "9" }))).toEqual({ status: 502, code: "UPSTREAM_UNAVAILABLE" });
  },
);

test("what the portal refuses is not looked for elsewhere", async () => {
  const portal = await startFilePortal();
  portal.refusal = "ACCESS_DENIED";
  expect(await problemOf(portal.link({ filePath: "/pub/file?sign=1" }))).toMatchObject({ status: 404 });
  expect(portal.fetched).toEqual([]);
});

test("a link whose time is over, of another portal, or of somebody unknown, leads nowhere", async () => {
  const portal = await startFilePortal();
  expect(await problemOf(portal.link({}, { expiresAt: Date.now() - 1 }))).toMatchObject({ status: 410 });
  expect(await problemOf(portal.link({}, { portal: "other.example" }))).toMatchObject({ status: 403 });
  expect(await problemOf(portal.link({}, { claim: { kind: "key", name: "nobody" } }))).toMatchObject({ status: 403 });
  expect(await problemOf(portal.link({}, { claim: { kind: "listeners", credential: "nobody" } }))).toMatchObject({
    status: 403,
  });
  expect(await problemOf(portal.link({}, { reader: "application" }))).toMatchObject({ status: 403 });
  expect((await fetch(portal.link({}, { claim: { kind: "listeners", credential: "default" } }))).status).toBe(200);
  expect(portal.fetched).toHaveLength(1);
});

test("a file above the limit is refused, and cut off where its size was not told", async () => {
  const portal = await startFilePortal({ GATEWAY_MAX_FILE_BYTES: "1000" });
  portal.serve = (_request, response) => response.writeHead(200, { "content-length": "1001" }).end(Buffer.alloc(1001));
  expect(await problemOf(portal.link())).toEqual({ status: 413, code: "LIMIT_EXCEEDED" });
  let goOn = (): void => undefined;
  portal.serve = (_request, response) => {
    response.write(Buffer.alloc(900));
    goOn = () => void response.end(Buffer.alloc(900));
  };
  const begun = await fetch(portal.link());
  goOn();
  await expect(begun.arrayBuffer()).rejects.toThrow();
  portal.serve = (_request, response) => {
    response.write(Buffer.alloc(1_800));
    response.end();
  };
  expect(await problemOf(portal.link())).toEqual({ status: 413, code: "LIMIT_EXCEEDED" });
});

const MIB = 1024 * 1024;

/** Sends without end, as fast as it is taken. */
function endless(response: import("node:http").ServerResponse, told: (bytes: number) => void): void {
  let sent = 0;
  const chunk = Buffer.alloc(64 * 1024);
  const pump = (): void => {
    while (!response.destroyed && sent < 400 * MIB) {
      sent += chunk.length;
      told(sent);
      if (!response.write(chunk)) return void response.once("drain", pump);
    }
    response.end();
  };
  pump();
}

test("a huge file goes through at the client's pace, and not into memory", async () => {
  const portal = await startFilePortal({
    GATEWAY_MAX_FILE_BYTES: String(1024 * MIB),
    GATEWAY_FILE_IDLE_TIMEOUT_MS: "600000",
  });
  let sent = 0;
  portal.serve = (_request, response) => {
    response.writeHead(200, { "content-length": String(400 * MIB) });
    endless(response, (bytes) => {
      sent = bytes;
    });
  };
  let received = 0;
  await new Promise<void>((done, failed) => {
    get(portal.link(), (answer) => {
      answer.on("data", (data: Buffer) => {
        received += data.length;
        // Never much further than the client: what lies between are the sockets' buffers.
        if (sent - received > 64 * MIB) failed(new Error(`${sent - received} bytes are kept somewhere`));
        if (received % (32 * MIB) < data.length) {
          answer.pause();
          setTimeout(() => answer.resume(), 30);
        }
      });
      answer.on("end", done);
      answer.on("error", failed);
    }).on("error", failed);
  });
  expect(received).toBe(400 * MIB);
});

test("a client that goes away ends the portal's sending", async () => {
  const portal = await startFilePortal({ GATEWAY_MAX_FILE_BYTES: String(1024 * MIB) });
  let isClosed = false;
  portal.serve = (_request, response) => {
    response.once("close", () => {
      isClosed = true;
    });
    response.writeHead(200, { "content-type": "video/mp4", "content-length": String(400 * MIB) });
    response.write(Buffer.alloc(1024));
  };
  const controller = new AbortController();
  const response = await fetch(portal.link(), { signal: controller.signal });
  await response.body?.getReader().read();
  controller.abort();
  await eventually(() => expect(isClosed).toBe(true));
});

test("a client that takes nothing, and a portal that sends nothing, are given up", async () => {
  const portal = await startFilePortal({
    GATEWAY_MAX_FILE_BYTES: String(1024 * MIB),
    GATEWAY_FILE_IDLE_TIMEOUT_MS: "300",
  });
  let closed = 0;
  portal.serve = (_request, response) => {
    response.once("close", () => {
      closed += 1;
    });
    response.writeHead(200, { "content-length": String(400 * MIB) });
    endless(response, () => undefined);
  };
  const request = get(portal.link(), (answer) => answer.pause());
  request.on("error", () => undefined);
  await eventually(() => expect(closed).toBe(1));
  portal.serve = (_request, response) => response.writeHead(200, { "content-length": "10" }).write("12345");
  await expect(fetch(portal.link()).then((response) => response.text())).rejects.toThrow();
});

test("a transfer under way is cut off when its key is removed", async () => {
  const directory = mkdtempSync(join(tmpdir(), "keys-"));
  const keysFile = join(directory, "keys.json");
  addKey(keysFile, "reader", undefined);
  const portal = await startFilePortal({
    GATEWAY_KEYS_FILE: keysFile,
    GATEWAY_MAX_FILE_BYTES: String(1024 * MIB),
  });
  portal.serve = (_request, response) => {
    response.writeHead(200, { "content-length": String(400 * MIB) });
    const sending = setInterval(() => response.write(Buffer.alloc(1024)), 20);
    response.once("close", () => clearInterval(sending));
  };
  const response = await fetch(portal.link({}, { claim: { kind: "key", name: "reader" } }));
  expect(response.status).toBe(200);
  removeKey(keysFile, "reader");
  const sinceRemoval = startOwnClock();
  await expect(response.arrayBuffer()).rejects.toThrow();
  expect(sinceRemoval()).toBeLessThan(5_000);
});

test("one identity fetches only so many at once; the others wait in turn", async () => {
  const portal = await startFilePortal({ GATEWAY_MAX_FILE_TRANSFERS: "2" });
  const open: (() => void)[] = [];
  let most = 0;
  portal.serve = (_request, response) => {
    open.push(() => response.end("done"));
    most = Math.max(most, open.length);
  };
  const answers = Array.from({ length: 5 }, (_, index) =>
    fetch(portal.link({ fileId: String(index + 1) })).then((response) => response.text()),
  );
  for (let finished = 0; finished < 5; finished += 1) {
    await eventually(() => expect(open.length).toBeGreaterThan(0));
    open.shift()?.();
  }
  expect(await Promise.all(answers)).toEqual(Array.from({ length: 5 }, () => "done"));
  expect(most).toBe(2);
});

test("a portal that sends another part than it says does not reach the client", async () => {
  const portal = await startFilePortal();
  portal.serve = (_request, response) =>
    response.writeHead(206, { "content-range": "bytes 0-3/10", "content-length": "8" }).end("12345678");
  expect((await fetch(portal.link(), { headers: { range: "bytes=0-3" } })).status).toBe(502);
});

test("a picture is fetched from the portal's own place, and is no picture when it is something else", async () => {
  const portal = await startFilePortal();
  portal.serve = (_request, response) => response.writeHead(200, { "content-type": "image/jpeg" }).end("face");
  const response = await fetch(portal.link({ kind: "picture", path: "/upload/resize_cache/main/a.jpg" }));
  expect(response.headers.get("content-disposition")).toMatch(/^inline/);
  expect(portal.fetched).toEqual(["/upload/resize_cache/main/a.jpg"]);
  portal.serve = (_request, other) => other.writeHead(200, { "content-type": "image/svg+xml" }).end("<svg/>");
  const svg = await fetch(portal.link({ kind: "picture", path: "/upload/resize_cache/main/b.svg" }));
  expect(svg.headers.get("content-disposition")).toMatch(/^attachment/);
});

test("more than may wait for a transfer are told so at once, and by what limit", async () => {
  const portal = await startFilePortal({ GATEWAY_MAX_FILE_TRANSFERS: "1" });
  const open: (() => void)[] = [];
  portal.serve = (_request, response) => open.push(() => response.end("done"));
  // One goes, a hundred wait.
  const answers = Array.from({ length: 102 }, (_, index) => fetch(portal.link({ fileId: String(index + 1) })));
  const refused = await Promise.race(answers);
  expect(refused.status).toBe(429);
  expect(refused.headers.get("retry-after")).toBe("1");
  expect(await refused.json()).toMatchObject({
    errors: [{ extensions: { code: "LIMIT_EXCEEDED", limit: "fileTransfers", maximum: 1 } }],
  });
  for (let finished = 0; finished < 101; finished += 1) {
    await eventually(() => expect(open.length).toBeGreaterThan(0));
    open.shift()?.();
  }
  const statuses = await Promise.all(answers.map(async (answer) => (await answer).status));
  expect(statuses.filter((status) => status === 429)).toHaveLength(1);
  expect(statuses.filter((status) => status === 200)).toHaveLength(101);
});

test.each([
  ["gzip", gzipSync],
  ["deflate", deflateSync],
  ["br", brotliCompressSync],
])("what something before the portal compressed with %s comes as it is", async (encoding, compress) => {
  const portal = await startFilePortal();
  const picture = Buffer.from("pixels ".repeat(10_000));
  portal.serve = ({ headers }, response) => {
    expect(headers["accept-encoding"]).toBe("identity");
    const body = compress(picture);
    response
      .writeHead(200, { "content-type": "image/png", "content-encoding": encoding, "content-length": body.length })
      .end(body);
  };
  const response = await fetch(portal.link());
  expect(response.headers.get("content-encoding")).toBeNull();
  expect(response.headers.get("content-length")).not.toBe(String(compress(picture).length));
  expect(Buffer.from(await response.arrayBuffer()).equals(picture)).toBe(true);
});

test("compressed contents count as what they become against the limit, and a part of them or an unknown kind is none", async () => {
  const portal = await startFilePortal({ GATEWAY_MAX_FILE_BYTES: "100000" });
  portal.serve = (_request, response) =>
    response
      .writeHead(200, { "content-type": "image/png", "content-encoding": "gzip" })
      .end(gzipSync(Buffer.alloc(50_000_000)));
  const bomb = await fetch(portal.link());
  await expect(bomb.arrayBuffer()).rejects.toThrow();
  portal.serve = (_request, response) =>
    response
      .writeHead(206, { "content-range": "bytes 0-3/10", "content-encoding": "gzip" })
      .end(gzipSync(Buffer.from("1234")));
  expect((await fetch(portal.link({ fileId: "2" }), { headers: { range: "bytes=0-3" } })).status).toBe(502);
  portal.serve = (_request, response) => response.writeHead(200, { "content-encoding": "zstd" }).end("x");
  expect((await fetch(portal.link({ fileId: "3" }))).status).toBe(502);
});

test.each<[string, (response: ServerResponse) => void]>([
  [
    "closes the connection",
    (response) => {
      response.writeHead(200, { "content-length": "100" }).flushHeaders();
      response.destroy();
    },
  ],
  ["sends nothing more", (response) => response.writeHead(200, { "content-length": "100" }).flushHeaders()],
  ["calls plain bytes compressed", (response) => response.writeHead(200, { "content-encoding": "gzip" }).end("plain")],
])(
  "a portal that, before the first byte, %s is told as one that cannot give it out now, which nobody keeps",
  async (_what, serve) => {
    const portal = await startFilePortal({ GATEWAY_FILE_IDLE_TIMEOUT_MS: "300" });
    portal.serve = (_request, response) => serve(response);
    const response = await fetch(portal.link());
    expect(response.status).toBe(502);
    for (const name of ["etag", "content-disposition", "content-range"]) expect(response.headers.get(name)).toBeNull();
    expect(response.headers.get("cache-control")).not.toMatch(/max-age/);
    expect(await response.json()).toMatchObject({ errors: [{ extensions: { code: "UPSTREAM_UNAVAILABLE" } }] });
  },
);

test.each([
  ["none", undefined, "bytes 2-4/10"],
  ["another", "bytes=0-2", "bytes 5-7/10"],
  ["less at the beginning", "bytes=0-", "bytes 5-7/10"],
  ["no end", "bytes=-3", "bytes 5-7/10"],
  ["a shorter one", "bytes=0-1", "bytes 0-2/10"],
  ["one that lies outside", "bytes=9-11", "bytes 9-11/10"],
  ["one that ends before it begins", "bytes=7-9", "bytes 7-5/10"],
])("a part from a portal that was asked for %s does not reach the client", async (_what, range, told) => {
  const portal = await startFilePortal();
  portal.serve = (_request, response) => response.writeHead(206, { "content-range": told }).end("abc");
  const response = await fetch(portal.link(), { headers: range === undefined ? {} : { range } });
  expect(response.status).toBe(502);
  expect(response.headers.get("content-range")).toBeNull();
});

test.each<[string, (response: ServerResponse) => void]>([
  ["says so", (response) => response.writeHead(416, { "content-range": "bytes */10" }).end()],
  ["sends everything", (response) => response.writeHead(200, { "content-length": "10" }).end("0123456789")],
])("that a part lies outside is not kept as the file where the portal %s", async (_what, serve) => {
  const portal = await startFilePortal();
  portal.serve = (_request, response) => serve(response);
  const response = await fetch(portal.link(), { headers: { range: "bytes=20-" } });
  expect(response.status).toBe(416);
  expect(response.headers.get("content-range")).toBe("bytes */10");
  expect(response.headers.get("cache-control")).toBe("no-store");
  expect(response.headers.get("etag")).toBeNull();
});

test("of a part that is shorter than the portal told nobody waits for the rest", async () => {
  const portal = await startFilePortal();
  const range = { range: "bytes=0-9" };
  let end = (): void => undefined;
  portal.serve = (_request, response) => {
    response.writeHead(206, { "content-range": "bytes 0-9/50" }).write("abc");
    end = () => void response.end();
  };
  const response = await fetch(portal.link(), { headers: range });
  end();
  await expect(response.text()).rejects.toThrow();
  portal.serve = (_request, other) => other.writeHead(206, { "content-range": "bytes 0-9/50" }).end();
  expect((await fetch(portal.link(), { headers: range })).status).toBe(502);
});

test("a path with two slashes is the portal's, not another host's", async () => {
  const portal = await startFilePortal();
  expect(await (await fetch(portal.link({ kind: "picture", path: "//upload/a.png" }))).text()).toBe("contents");
  expect(portal.fetched).toEqual(["//upload/a.png"]);
});
