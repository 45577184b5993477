import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer as createHttpServer } from "node:http";
import { createServer as createHttpsServer } from "node:https";
import { type AddressInfo, connect, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { createPortals, type PortalsOptions } from "../../../src/datasources/bitrix24/portals.ts";
import { UpstreamUsage } from "../../../src/datasources/bitrix24/usage.ts";
import { call } from "./portal-fixture.ts";
import { startScriptedPortal } from "./scripted-portal.ts";

function makeCertificate(): { key: string; cert: string } {
  const directory = mkdtempSync(join(tmpdir(), "certificate-"));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  const [key, cert] = [join(directory, "key.pem"), join(directory, "cert.pem")];
  try {
    execFileSync(
      "openssl",
      [
        ...["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"],
        ...["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost", "-keyout", key, "-out", cert],
      ],
      { stdio: "ignore" },
    );
  } catch {
    throw new Error("This test needs the program openssl: apt-get install openssl");
  }
  return { key: readFileSync(key, "utf8"), cert: readFileSync(cert, "utf8") };
}

async function listening(server: Server): Promise<number> {
  await new Promise<void>((ready) => server.listen(0, "localhost", ready));
  onTestFinished(() => void server.close());
  return (server.address() as AddressInfo).port;
}

function read(url: string, options: Partial<PortalsOptions>): Promise<unknown> {
  const portals = createPortals({ plan: "standard", allowHttp: false, allowedHosts: [], ...options });
  onTestFinished(() => portals.close());
  const signal = new AbortController().signal;
  return portals
    .session({ kind: "webhook", url }, { signal, deadlineAt: performance.now() + 3_000, usage: new UpstreamUsage() })
    .read(call("a.get"));
}

it("reaches a portal whose certificate comes from a private authority only when that is configured", async () => {
  const certificate = makeCertificate();
  const port = await listening(
    createHttpsServer(certificate, (_request, response) => response.end(JSON.stringify({ result: "secured" }))),
  );
  const url = `https://localhost:${port}/rest/1/secret1234567890/`;
  expect(await read(url, { certificateAuthority: certificate.cert })).toBe("secured");
  await expect(read(url, {})).rejects.toMatchObject({ name: "PortalUnavailable" });
});

it("goes through the configured proxy", async () => {
  const portal = await startScriptedPortal();
  onTestFinished(() => portal.close());
  const tunnels: string[] = [];
  const proxy = createHttpServer();
  proxy.on("connect", (request, client, head) => {
    tunnels.push(request.url ?? "");
    const [host, port] = (request.url ?? "").split(":");
    const target = connect(Number(port), host, () => {
      client.write("HTTP/1.1 200 Connection established\r\n\r\n");
      target.write(head);
      target.pipe(client).pipe(target);
    });
    target.on("error", () => client.destroy());
    client.on("error", () => target.destroy());
  });
  const port = await listening(proxy);
  const result = await read(`${portal.origin}/rest/1/secret1234567890/`, { proxyUrl: `http://localhost:${port}` });
  expect(result).toEqual({ method: "a.get" });
  expect(tunnels).toEqual([portal.host]);
});
