import { createServer } from "node:http";
import { fileURLToPath } from "node:url";
import { rolldown } from "rolldown";
import { serveHere } from "./serve-here.ts";

const HERE = new URL(".", import.meta.url);

/** Serves a page with a script, by default the client as `openLines`, on an origin of its own. Resolves to its address. */
export async function servePage(script = "../../client/src/main.ts"): Promise<string> {
  const bundle = await rolldown({
    input: fileURLToPath(new URL(script, HERE)),
    platform: "browser",
    transform: { define: { "process.env.NODE_ENV": '"production"' } },
  });
  const { output } = await bundle.generate({ format: "iife", name: "openLines" });
  await bundle.close();
  const server = createServer((request, response) => {
    if (request.url === "/client.js") {
      response.setHeader("content-type", "text/javascript").end(output[0].code);
      return;
    }
    response.setHeader("content-type", "text/html");
    response.end(
      '<!doctype html><link rel="icon" href="data:,"><div id="root"></div><script src="/client.js"></script>',
    );
  });
  return await serveHere(server);
}
