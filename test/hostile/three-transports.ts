import { once } from "node:events";
import { request } from "node:http";
import { WebSocket } from "ws";
import { type HostileOperation, isSubscription } from "./operations.ts";

/** What became of an operation: the codes of its errors, `ok` for data, `open` for a stream that has begun. */
export interface Verdict {
  readonly verdict: string;
  readonly bytes: number;
}

export type Transport = (origin: string, key: string, operation: HostileOperation) => Promise<Verdict>;

interface Post {
  readonly status: number;
  readonly text: string;
  readonly isOpen: boolean;
}

/** A POST whose answer is read to its end, or, for a stream that stays open, to its first bytes. */
function post(url: string, key: string, accept: string, operation: HostileOperation): Promise<Post> {
  return new Promise((resolve, reject) => {
    const headers = { "content-type": "application/json", accept, "x-api-key": key };
    const call = request(url, { method: "POST", agent: false, headers }, (answer) => {
      let text = "";
      const finish = (isOpen: boolean): void => resolve({ status: answer.statusCode ?? 0, text, isOpen });
      answer.setEncoding("utf8");
      answer.on("data", (piece: string) => {
        text += piece;
        // A comment before any result: the subscription has begun.
        if (!isSubscription(operation) || !text.startsWith(":\n\n") || text.length > 3) return;
        setImmediate(() => {
          if (text !== ":\n\n" || answer.complete) return;
          waitForMore(() => {
            finish(true);
            call.destroy();
          });
        });
      });
      function waitForMore(give: () => void): void {
        const timer = setTimeout(give, 400);
        answer.once("data", () => clearTimeout(timer));
        answer.once("end", () => clearTimeout(timer));
      }
      answer.on("end", () => finish(false));
      answer.on("error", () => finish(false));
    });
    // The gateway may refuse a body before it has read all of it.
    call.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code === "EPIPE" || error.code === "ECONNRESET") resolve({ status: 0, text: "", isOpen: false });
      else reject(error);
    });
    call.end(JSON.stringify(withoutFamily(operation)));
  });
}

export const overHttp: Transport = async (origin, key, operation) => {
  const { text } = await post(`${origin}/graphql`, key, "application/json", operation);
  return { verdict: verdictOf(text), bytes: text.length };
};

export const overEventStream: Transport = async (origin, key, operation) => {
  const { text, isOpen } = await post(`${origin}/graphql/stream`, key, "text/event-stream", operation);
  if (isOpen) return { verdict: "open", bytes: text.length };
  const result = /^event: next\ndata: (.*)$/m.exec(text)?.[1];
  return { verdict: verdictOf(result ?? text), bytes: text.length };
};

/** Close codes that say what an error's code says elsewhere. */
const CLOSES: Readonly<Record<number, string>> = { 1009: "LIMIT_EXCEEDED", 4400: "BAD_REQUEST" };

export const overSocket: Transport = async (origin, key, operation) => {
  const socket = new WebSocket(`${origin.replace("http:", "ws:")}/graphql`, ["graphql-transport-ws"], {
    perMessageDeflate: false,
  });
  await once(socket, "open");
  let bytes = 0;
  const verdict = new Promise<string>((resolve) => {
    let pinged = false;
    socket.on("message", (data) => {
      bytes += String(data).length;
      const message: { type: string; payload?: unknown } = JSON.parse(String(data));
      switch (message.type) {
        case "connection_ack":
          socket.send(JSON.stringify({ type: "subscribe", id: "1", payload: withoutFamily(operation) }));
          socket.send('{"type":"ping"}');
          return;
        case "pong":
          // Answered in order, so that a subscription that is not refused by now, or soon, is open.
          pinged = true;
          // Whatever else it is has an answer, however long a busy machine takes.
          if (isSubscription(operation)) setTimeout(() => resolve("open"), 400);
          return;
        case "next":
          resolve(verdictOf(JSON.stringify(message.payload)));
          return;
        case "error":
          resolve(verdictOf(JSON.stringify({ errors: message.payload })));
          return;
        case "complete":
          resolve("ok");
          return;
        default:
          if (pinged) return;
      }
    });
    socket.on("error", () => {});
    socket.on("close", (code) => resolve(CLOSES[code] ?? `closed with ${code}`));
  });
  socket.send(JSON.stringify({ type: "connection_init", payload: { "X-Api-Key": key } }));
  const found = await verdict;
  socket.terminate();
  return { verdict: found, bytes };
};

function withoutFamily({ query, variables, operationName }: HostileOperation): Omit<HostileOperation, "family"> {
  return { query, variables, operationName };
}

/** The codes of the errors that a result carries, each once. */
function verdictOf(text: string): string {
  let parsed: { data?: unknown; errors?: readonly { extensions?: { code?: string } }[] };
  try {
    parsed = JSON.parse(text);
  } catch {
    return text === "" ? "cut off" : `no GraphQL answer: ${text.slice(0, 80)}`;
  }
  const codes = new Set((parsed.errors ?? []).map(({ extensions }) => extensions?.code ?? "NO_CODE"));
  if (codes.size === 0) return "ok";
  return [...codes].sort().join(" ");
}
