import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { onTestFinished } from "vitest";

/** Stands before the portal's token endpoint, passes everything on unchanged and counts. */
export interface TokenEndpoint {
  readonly url: string;
  /** Answers so far: status, and the refresh token that was given out. */
  readonly exchanges: readonly { readonly status: number; readonly refreshToken: string | undefined }[];
}

export async function startTokenEndpoint(target: string): Promise<TokenEndpoint> {
  const exchanges: { status: number; refreshToken: string | undefined }[] = [];
  const server: Server = createServer((request, response) => {
    const url = new URL(target);
    url.search = new URL(request.url ?? "/", target).search;
    fetch(url).then(
      async (answer) => {
        const text = await answer.text();
        const pair: { refresh_token?: string } = JSON.parse(text);
        exchanges.push({ status: answer.status, refreshToken: pair.refresh_token });
        response.writeHead(answer.status, { "content-type": "application/json" }).end(text);
      },
      () => response.destroy(),
    );
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  // A server that listens on a port has an address of this shape.
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}/oauth/token/`, exchanges };
}
