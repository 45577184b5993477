import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";

/** A way to a server that can be closed, for one of its clients alone. */
export interface TcpGate {
  readonly port: number;
  /** Connections are cut and new ones refused. */
  close(): void;
  /** Connections stay, and nothing comes through any more. */
  silence(): void;
  open(): void;
  end(): Promise<void>;
}

export async function openTcpGate(targetPort: number): Promise<TcpGate> {
  let state: "open" | "closed" | "silent" = "open";
  const pairs = new Set<readonly [Socket, Socket]>();

  function link([incoming, outgoing]: readonly [Socket, Socket]): void {
    incoming.pipe(outgoing);
    outgoing.pipe(incoming);
  }

  function cutAll(): void {
    for (const pair of pairs) for (const socket of pair) socket.destroy();
  }

  const server = createServer((incoming) => {
    if (state === "closed") {
      incoming.destroy();
      return;
    }
    const pair = [incoming, connect(targetPort, "127.0.0.1")] as const;
    pairs.add(pair);
    for (const socket of pair) {
      socket.on("error", () => {});
      socket.once("close", () => {
        pairs.delete(pair);
        for (const each of pair) each.destroy();
      });
    }
    if (state === "open") link(pair);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");

  return {
    port: address.port,
    close() {
      state = "closed";
      cutAll();
    },
    silence() {
      state = "silent";
      for (const pair of pairs) {
        for (const socket of pair) {
          socket.unpipe();
          socket.pause();
        }
      }
    },
    open() {
      if (state === "silent") for (const pair of pairs) link(pair);
      state = "open";
    },
    async end() {
      cutAll();
      server.close();
      await once(server, "close");
    },
  };
}
