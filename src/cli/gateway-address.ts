import { isLoopback } from "../datasources/bitrix24/loopback.ts";

/** Where the running gateway is asked. A command's secret must not leave this machine, so that a gateway on all addresses is reached by the loopback one. */
export function reachableUrl({ host, port }: { readonly host: string; readonly port: number }): string {
  return `http://${reachableHost(host)}:${port}`;
}

function reachableHost(host: string): string {
  if (!isLoopback(host)) return host === "::" ? "[::1]" : "127.0.0.1";
  return host.includes(":") && !host.startsWith("[") ? `[${host}]` : host;
}
