import { connect } from "node:net";
import type { SubscriptionTarget } from "./subscriber-messages.ts";

/** A subscriber over server-sent events. */
export interface StreamSubscriber {
  leave(): Promise<void>;
}

const BEGIN = Buffer.from("data: {");
const END = Buffer.from("}\n\n");

/** Light, because it shares the machine with what it measures: no HTTP client, only what lies between the marks of an event. */
export async function openStreamSubscriber(
  target: SubscriptionTarget,
  on: { message(message: Buffer): void; closed(): void },
): Promise<StreamSubscriber> {
  const { hostname, port, pathname } = new URL(target.url);
  const socket = connect({ host: hostname, port: Number(port), noDelay: true });
  let isLeaving = false;
  let rest: Buffer = Buffer.alloc(0);
  const closed = new Promise<void>((resolve) =>
    socket.once("close", () => {
      if (!isLeaving) on.closed();
      resolve();
    }),
  );
  const begun = new Promise<void>((resolve, reject) => {
    socket.once("error", reject);
    socket.on("data", (data) => {
      resolve();
      rest = rest.length === 0 ? data : Buffer.concat([rest, data]);
      for (;;) {
        const from = rest.indexOf(BEGIN);
        const to = from === -1 ? -1 : rest.indexOf(END, from);
        if (to === -1) break;
        on.message(rest.subarray(from + BEGIN.length - 1, to + 1));
        rest = rest.subarray(to + END.length);
      }
    });
  });
  const { query, variables, key } = target;
  const body = target.protocol === "event-stream" ? JSON.stringify({ query, variables }) : "";
  const method = target.protocol === "event-stream" ? "POST" : "GET";
  socket.write(
    `${method} ${pathname} HTTP/1.1\r\nhost: ${hostname}:${port}\r\naccept: text/event-stream\r\nx-api-key: ${key}\r\n` +
      `content-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
  await begun;
  return {
    async leave() {
      isLeaving = true;
      socket.destroy();
      await closed;
    },
  };
}
