import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { type Params, parsePhpForm } from "../../simulator/protocol/php-form.ts";
import { objectAt, valueAt } from "./rest-client.ts";

/** A POST as a subscriber's server received it. */
export interface Received {
  path: string;
  contentType: string;
  body: string;
  form: Params;
}

export interface EventReceiver {
  url: string;
  received: Received[];
  /** What it answers next; default 200. "hangUp" closes the connection without an answer. */
  answerWith(status: number | "hangUp"): void;
  /** Received events of a code, in order of arrival. */
  events(code: string): Received[];
  /** Waits until so many events of a code arrived; throws after ten seconds. */
  waitFor(code: string, count?: number): Promise<Received[]>;
  /** Waits until the condition holds after a request or at once; throws after ten seconds. */
  until(condition: () => boolean): Promise<void>;
  close(): Promise<void>;
}

function portOf(address: AddressInfo | string | null): number {
  if (typeof address !== "object" || address === null) throw new Error("The receiver has no port");
  return address.port;
}

/** A small server that remembers what it is sent, on a free port of 127.0.0.1. */
export async function startReceiver(): Promise<EventReceiver> {
  const received: Received[] = [];
  const waiting = new Set<() => void>();
  let answer: number | "hangUp" = 200;
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const body = Buffer.concat(chunks).toString("utf8");
      received.push({
        path: request.url ?? "/",
        contentType: request.headers["content-type"] ?? "",
        body,
        form: parsePhpForm(body),
      });
      if (answer === "hangUp") request.socket.destroy();
      else response.writeHead(answer).end(answer === 200 ? "ok" : "no");
      for (const check of waiting) check();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const events = (code: string): Received[] => received.filter(({ form }) => form.event === code);
  const until = (condition: () => boolean): Promise<void> =>
    new Promise((resolve, reject) => {
      const check = (): void => {
        if (!condition()) return;
        waiting.delete(check);
        clearTimeout(timer);
        resolve();
      };
      const timer = setTimeout(() => {
        waiting.delete(check);
        const codes = received.map(({ form }) => form.event).join(", ");
        reject(new Error(`Not within ten seconds: ${condition}; received: ${codes || "nothing"}`));
      }, 10_000);
      waiting.add(check);
      check();
    });
  return {
    url: `http://127.0.0.1:${portOf(server.address())}`,
    received,
    answerWith(status) {
      answer = status;
    },
    events,
    until,
    async waitFor(code, count = 1) {
      await until(() => events(code).length >= count);
      return events(code);
    },
    async close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      await closed;
    },
  };
}

/** The `data[DATA]` of an event: an object in the real shape, the only item of the list in the documented one. */
export function dataOf({ form }: Received): Record<string, unknown> {
  const data = valueAt(form, "data", "DATA");
  return Array.isArray(data) ? objectAt(data, 0) : objectAt(form, "data", "DATA");
}

export function authOf({ form }: Received): Record<string, unknown> {
  return objectAt(form, "auth");
}
