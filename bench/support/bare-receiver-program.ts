import { createServer } from "node:http";
import fastify from "fastify";
import qs from "qs";

// A program of its own: takes the deliveries of a portal, parses the form with its nested names, keeps nothing and answers. What an HTTP handler costs
// before it does anything. Its argument says on what it is built: fastify or node:http.

const OPTIONS = { depth: 20, parameterLimit: 2_000 };
const KEEP_ALIVE_MS = 600_000;
let parsed = 0;

function take(form: string): void {
  if (typeof qs.parse(form, OPTIONS).event === "string") parsed += 1;
}

async function listenOnFastify(): Promise<string> {
  const app = fastify({ keepAliveTimeout: KEEP_ALIVE_MS });
  app.addContentTypeParser("application/x-www-form-urlencoded", { parseAs: "string" }, (_request, body, done) =>
    done(null, String(body)),
  );
  app.post("/", (request, reply) => {
    take(String(request.body));
    return reply.send("ok");
  });
  return await app.listen({ host: "127.0.0.1", port: 0 });
}

async function listenOnNode(): Promise<string> {
  const server = createServer((request, response) => {
    let form = "";
    request.setEncoding("utf8");
    request.on("data", (piece: string) => {
      form += piece;
    });
    request.on("end", () => {
      take(form);
      response.writeHead(200, { "content-type": "text/plain", "content-length": 2 }).end("ok");
    });
  });
  // The load pauses while others are measured.
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("The server has no port");
  return `http://127.0.0.1:${address.port}`;
}

const url = process.argv[2] === "fastify" ? await listenOnFastify() : await listenOnNode();
const end = (): void => {
  process.stderr.write(parsed === 0 ? "no delivery was parsed\n" : "");
  process.exit(0);
};
process.once("SIGTERM", end);
process.stdin.on("end", end).resume();
process.stdout.write(`${JSON.stringify({ url })}\n`);
