import { once } from "node:events";
import { createServer } from "node:http";
import { fileURLToPath } from "node:url";
import { rolldown } from "rolldown";
import { onTestFinished } from "vitest";

const MAIN = fileURLToPath(new URL("../../client/src/main.ts", import.meta.url));

/** Serves a page of an application that has the client as `openLines`, on an origin of its own. Resolves to its address. */
export async function servePage(): Promise<string> {
  const bundle = await rolldown({ input: MAIN, platform: "browser" });
  const { output } = await bundle.generate({ format: "iife", name: "openLines" });
  await bundle.close();
  const server = createServer((request, response) => {
    if (request.url === "/client.js") {
      response.setHeader("content-type", "text/javascript").end(output[0].code);
      return;
    }
    response.setHeader("content-type", "text/html");
    response.end('<!doctype html><link rel="icon" href="data:,"><script src="/client.js"></script>');
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return `http://127.0.0.1:${address.port}/`;
}
