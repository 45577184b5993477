import { once } from "node:events";
import { createServer, connect as openTcp, type Socket } from "node:net";
import { onTestFinished } from "vitest";

/** What lies between a client and the gateway: bytes pass, until the test says otherwise. */
export interface Way {
  /** Address of the API through it. */
  readonly url: string;
  /** Connections that were made so far. */
  connections(): number;
  /** Nothing passes on what is open, in either direction, and nobody is told; new connections pass. */
  freeze(): void;
  /** The gateway's side of what is open ends, and the client is not told: what a laptop that slept finds. */
  abandon(): void;
  /** What is open ends, on both sides. */
  cut(): void;
  /** WebSockets are answered 400 by something in between, as proxies do that do not know them. */
  refuseSockets(refused: boolean): void;
  /** Whatever is asked is answered with a page and this status, as proxies do; undefined ends that. What is open is cut. */
  answerPages(status: number | undefined): void;
}

/** Opens a way to a gateway's origin. */
export async function openWay(origin: string): Promise<Way> {
  const { hostname, port } = new URL(origin);
  const pairs = new Set<readonly [Socket, Socket]>();
  let connections = 0;
  let isRefusing = false;
  let pageStatus: number | undefined;

  const server = createServer((client) => {
    connections += 1;
    client.on("error", () => client.destroy());
    client.once("data", (first) => {
      if (isRefusing && /^upgrade: websocket/im.test(String(first))) {
        client.end("HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
        return;
      }
      if (pageStatus !== undefined) {
        const page = "<!doctype html><p>Something else</p>";
        client.end(
          `HTTP/1.1 ${pageStatus} Page\r\nContent-Type: text/html\r\nConnection: close\r\nContent-Length: ${page.length}\r\n\r\n${page}`,
        );
        return;
      }
      const gateway = openTcp(Number(port), hostname);
      const pair = [client, gateway] as const;
      pairs.add(pair);
      gateway.write(first);
      client.pipe(gateway);
      gateway.pipe(client);
      for (const [from, to] of [
        [client, gateway],
        [gateway, client],
      ] as const) {
        from.on("error", () => from.destroy());
        from.on("close", () => {
          if (!pairs.delete(pair)) return;
          to.destroy();
        });
      }
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.close();
    for (const [client, gateway] of [...pairs, ...frozen]) {
      client.destroy();
      gateway.destroy();
    }
  });
  const frozen = new Set<readonly [Socket, Socket]>();
  function part(): readonly (readonly [Socket, Socket])[] {
    const parted = [...pairs];
    pairs.clear();
    for (const pair of parted) {
      const [client, gateway] = pair;
      frozen.add(pair);
      client.unpipe(gateway);
      gateway.unpipe(client);
    }
    return parted;
  }
  function cut(): void {
    for (const pair of part()) for (const side of pair) side.destroy();
  }
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return {
    url: `http://127.0.0.1:${address.port}/graphql`,
    connections: () => connections,
    freeze: () => void part(),
    abandon() {
      for (const [, gateway] of part()) gateway.destroy();
    },
    cut,
    refuseSockets(refused) {
      isRefusing = refused;
    },
    answerPages(status) {
      pageStatus = status;
      cut();
    },
  };
}
