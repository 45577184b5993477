import type { OpenLinesClientOptions } from "../../../client/src/main.ts";

/** The gateway and the key that a page's address names. */
export function optionsOf({ search }: Location): OpenLinesClientOptions {
  const given = new URLSearchParams(search);
  return {
    url: given.get("url") ?? "",
    identity: { apiKey: given.get("key") ?? "" },
    pingEveryMs: 500,
    pongWithinMs: 2_000,
  };
}
