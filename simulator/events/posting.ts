import * as http from "node:http";
import * as https from "node:https";

/** What came of one POST: an answer of any status, or none. */
export type PostOutcome = { kind: "answered"; status: number; body: string } | { kind: "failed"; reason: string };

export interface Poster {
  /** Posts a form once; resolves whatever happens, follows no redirect and never tries again. */
  post(url: string, form: string): Promise<PostOutcome>;
  /** Gives up what is under way. */
  close(): void;
}

const longestKeptBody = 64 * 1024;

/** @param timeoutMs how long a receiver may be silent */
export function createPoster(timeoutMs: number, maxSockets: number): Poster {
  const agents = {
    "http:": new http.Agent({ keepAlive: true, maxSockets }),
    "https:": new https.Agent({ keepAlive: true, maxSockets }),
  };
  const running = new Set<http.ClientRequest>();

  function send(url: URL, form: string, settle: (outcome: PostOutcome) => void): void {
    const secure = url.protocol === "https:";
    const request = (secure ? https : http).request(url, {
      method: "POST",
      agent: secure ? agents["https:"] : agents["http:"],
      headers: {
        "content-type": "application/x-www-form-urlencoded",
        "content-length": Buffer.byteLength(form),
        "user-agent": "Bitrix24 Webhook Engine",
      },
    });
    running.add(request);
    request.setTimeout(timeoutMs, () => request.destroy(new Error("No answer in time")));
    request.once("close", () => running.delete(request));
    request.on("error", (error) => settle({ kind: "failed", reason: error.message }));
    request.once("response", (response) => {
      let body = "";
      response.setEncoding("utf8");
      response.on("data", (chunk: string) => {
        if (body.length < longestKeptBody) body += chunk;
      });
      response.on("error", (error) => settle({ kind: "failed", reason: error.message }));
      response.once("end", () => settle({ kind: "answered", status: response.statusCode ?? 0, body }));
    });
    request.end(form);
  }

  return {
    post: (url, form) => new Promise((resolve) => send(new URL(url), form, resolve)),
    close() {
      for (const request of running) request.destroy(new Error("The portal was closed"));
      agents["http:"].destroy();
      agents["https:"].destroy();
    },
  };
}
