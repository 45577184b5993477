import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { onTestFinished } from "vitest";
import { createLinkSeals, type FileTarget, type Link } from "../../../../src/server/files/link.ts";
import { runGateway } from "../../../kit/gateway-here.ts";

type Serve = (request: IncomingMessage, response: ServerResponse) => void;

export interface FilePortal {
  /** Of the gateway. */
  readonly origin: string;
  readonly portalHost: string;
  /** Paths that were asked for besides methods. */
  readonly fetched: string[];
  /** Answers requests for contents. */
  serve: Serve;
  /** What methods answer in place of a link that works. */
  readonly answers: Map<string, unknown>;
  /** Error code with which methods are refused. */
  refusal: string | undefined;
  /** A link as the gateway makes them. */
  link(target?: Partial<FileTarget> | { kind: "picture"; path: string }, more?: Partial<Link>): string;
}

const KEY = Buffer.alloc(32, 7);

/** A gateway without keys before a portal whose links to contents a test serves. */
export async function startFilePortal(env: Readonly<Record<string, string>> = {}): Promise<FilePortal> {
  const server = createServer((request, response) => {
    if (request.method === "GET") {
      portal.fetched.push(request.url ?? "");
      portal.serve(request, response);
      return;
    }
    let body = "";
    request.on("data", (data) => {
      body += String(data);
    });
    request.on("end", () => answerMethod(request.url ?? "", body, response));
  });

  function answerMethod(path: string, body: string, response: ServerResponse): void {
    const { refusal, answers } = portal;
    const method = path.split("/").at(-1) ?? "";
    const given = answers.has(method) ? answers.get(method) : { downloadUrl: `${host}/once?token=1` };
    response.setHeader("content-type", "application/json");
    if (refusal !== undefined && !path.includes("scope")) {
      response.writeHead(400).end(JSON.stringify({ error: refusal, error_description: "" }));
    } else if (path.endsWith("/batch")) {
      const { cmd } = JSON.parse(body) as { cmd: Record<string, string> };
      const result = Object.fromEntries(Object.keys(cmd).map((key) => [key, given]));
      response.end(JSON.stringify({ result: { result, result_error: [] }, time: {} }));
    } else {
      const isTold = method === "im.v2.File.download" || answers.has(method);
      response.end(JSON.stringify({ result: isTold ? given : [], time: {} }));
    }
  }
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  const { port } = server.address() as AddressInfo;
  const host = `http://127.0.0.1:${port}`;
  const portal: Omit<FilePortal, "origin" | "link"> = {
    portalHost: `127.0.0.1:${port}`,
    fetched: [],
    answers: new Map(),
    serve: (_request, response) => response.end("contents"),
    refusal: undefined,
  };
  const gateway = await runGateway({
    GATEWAY_ENCRYPTION_KEY: KEY.toString("hex"),
    GATEWAY_POLLING: "off",
    BITRIX24_PLAN: "on-premise",
    BITRIX24_WEBHOOK_URL: `${host}/rest/1/secret1234567890/`,
    ...env,
  });
  await gateway.probed;
  onTestFinished(async () => {
    await gateway.close();
    server.closeAllConnections();
    await new Promise((closed) => server.close(closed));
  });
  const { origin } = gateway;
  const seals = createLinkSeals(KEY);
  return Object.assign(portal, {
    origin,
    link(target: Partial<FileTarget> | { kind: "picture"; path: string } = {}, more: Partial<Link> = {}): string {
      const whole: Link["target"] =
        "path" in target
          ? target
          : {
              chatId: "5",
              fileId: "7",
              name: "a.png",
              isDownload: false,
              viewPath: null,
              filePath: null,
              ...target,
              kind: "file",
            };
      const sealed = seals.seal({
        claim: { kind: "open" },
        reader: "holder",
        portal: portal.portalHost,
        expiresAt: Date.now() + 60_000,
        ...more,
        target: whole,
      });
      return `${origin}/files/${sealed}`;
    },
  });
}
