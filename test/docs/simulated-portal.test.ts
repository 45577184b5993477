import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { send } from "../kit/http-client.ts";
import { runScript } from "../kit/program.ts";
import { eventually } from "../kit/until.ts";

test("the settings that the simulated portal prints are enough for a gateway that serves this machine, a new key, and receives events", async () => {
  const portal = runScript("portal", { args: ["--port", "0", "--size", "0.1"] });
  const portalUrl = await portal.prints(/Simulated Bitrix24 portal: (\S+)/);
  await portal.prints(/__install/);
  const printed = [...portal.output().matchAll(/^ {2}export ([A-Z0-9_]+)=(\S+)$/gm)];
  const environment = {
    ...Object.fromEntries(printed.map(([, name, value]) => [name, value])),
    GATEWAY_PORT: "0",
    GATEWAY_LOG_LEVEL: "info",
  };
  expect(Object.keys(environment)).toEqual(expect.arrayContaining(["BITRIX24_WEBHOOK_URL", "GATEWAY_PUBLIC_URL"]));
  const folder = mkdtempSync(join(tmpdir(), "without-portal-"));

  const gateway = runScript("start", { environment, folder });
  const url = await gateway.prints(/GraphQL: +(\S+)/);
  const ask = async (key?: string) => {
    const { status, text } = await send(url, {
      headers: { "content-type": "application/json", ...(key === undefined ? {} : { "x-api-key": key }) },
      body: JSON.stringify({ query: "{ viewer { user { name } liveEvents { source } } }" }),
    });
    return { status, viewer: JSON.parse(text).data?.viewer };
  };
  expect(await ask()).toMatchObject({ status: 200, viewer: { user: { name: "Anna Johnson" } } });

  const installUrl = new URL("/bitrix24/install", url).href;
  await send(`${portalUrl}/__install`, { body: JSON.stringify({ kind: "script-only", installUrl }) });
  expect((await ask()).viewer.liveEvents).toEqual({ source: "RECEIVER" });

  const keys = runScript("keys", { args: ["add", "inbox"], environment, folder });
  expect(await keys.ended).toBe(0);
  expect(keys.output()).not.toContain("Warning");
  const key = /^gw_\S+$/m.exec(keys.output())?.[0] ?? "";
  await eventually(async () =>
    expect(await ask(key)).toMatchObject({ status: 200, viewer: { user: { name: "Anna Johnson" } } }),
  );
  expect((await ask()).status).toBe(401);
});
