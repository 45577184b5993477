import { createServer, type ServerResponse } from "node:http";
import { WebSocketServer } from "ws";

// A program of its own: sends the body of each POST, as it is, to every socket, and as an event to every stream. The least that a broadcast over
// WebSocket or as server-sent events costs.

const STREAM_HEADERS = { "content-type": "text/event-stream; charset=utf-8", "cache-control": "no-store" };
const sockets = new WebSocketServer({ noServer: true });
const streams = new Set<ServerResponse>();
const server = createServer((request, response) => {
  if (request.method === "GET") {
    response.writeHead(200, STREAM_HEADERS).write(":\n\n");
    streams.add(response);
    response.once("close", () => streams.delete(response));
    return;
  }
  const pieces: Buffer[] = [];
  request.on("data", (piece: Buffer) => pieces.push(piece));
  request.on("end", () => {
    const text = Buffer.concat(pieces);
    for (const socket of sockets.clients) socket.send(text, { binary: false });
    if (streams.size > 0) {
      const event = `event: next\ndata: ${text}\n\n`;
      for (const stream of streams) stream.write(event);
    }
    response.writeHead(200, { "content-length": 2 }).end("ok");
  });
});
server.on("upgrade", (request, stream, head) => {
  sockets.handleUpgrade(request, stream, head, (socket) => socket.on("error", () => socket.terminate()));
});
server.keepAliveTimeout = 600_000;
server.listen(0, "127.0.0.1", () => {
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("The server has no port");
  process.stdout.write(`${JSON.stringify({ port: address.port })}\n`);
});
process.once("SIGTERM", () => process.exit(0));
process.stdin.on("end", () => process.exit(0)).resume();
