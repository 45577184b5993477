import type { IncomingHttpHeaders, IncomingMessage } from "node:http";
import proxyAddr from "@fastify/proxy-addr";
import ipaddr from "ipaddr.js";
import { LRUCache } from "lru-cache";
import { isLoopback } from "../../datasources/bitrix24/loopback.ts";
import { atMost } from "../../process/growing-cache.ts";

/** Where a request comes from. */
export interface ClientAddress {
  /** IPv4 as it is; IPv6 as the network of 64 bits that one customer is given, since he may use any address of it. */
  readonly address: string;
  /** The connection comes from this machine and nobody forwarded it. */
  readonly isLoopback: boolean;
  /** Not that of a proxy which is not trusted. */
  readonly isOwn: boolean;
}

export type ClientAddressOf = (message: IncomingMessage) => ClientAddress;

const MAX_KNOWN = 10_000;

/**
 * Tells where requests come from. `X-Forwarded-For` counts as far as it was written by `trusted` proxies (addresses or networks such as
 * 10.0.0.0/8): from the right, up to the first address that is none of them.
 */
export function createClientAddresses(trusted: readonly string[]): ClientAddressOf {
  const isTrusted = trusted.length === 0 ? () => false : proxyAddr.compile([...trusted]);
  /** By the connection's address: of requests that nobody forwarded nothing else tells. */
  const direct = new LRUCache<string, ClientAddress>(atMost(MAX_KNOWN));
  return (message) => {
    const connection = message.socket.remoteAddress ?? "";
    if (!isForwarded(message.headers)) {
      const known = direct.get(connection);
      if (known !== undefined) return known;
      const found = { address: networkOf(connection), isLoopback: isLoopback(connection), isOwn: true };
      direct.set(connection, found);
      return found;
    }
    return {
      address: networkOf(forwardedAddress(message, isTrusted) ?? connection),
      isLoopback: false,
      isOwn: isTrusted(connection, 0),
    };
  };
}

/** The client as the trusted proxies tell it; what is no address ends the way back at the proxy that passed it on. */
function forwardedAddress(message: IncomingMessage, isTrusted: (address: string, hop: number) => boolean) {
  return proxyAddr.all(message, isTrusted).findLast((address) => ipaddr.isValid(address));
}

/** Whether a proxy says that it passed the request on. Who lies about it only loses the rights of this machine. */
export function isForwarded(headers: IncomingHttpHeaders): boolean {
  return Object.keys(headers).some(
    (name) => name === "forwarded" || name === "via" || name === "x-real-ip" || name.startsWith("x-forwarded-"),
  );
}

function networkOf(address: string): string {
  if (!ipaddr.isValid(address)) return "unknown";
  const parsed = ipaddr.process(address);
  if (parsed.kind() === "ipv4" || parsed.range() === "loopback") return parsed.toString();
  return `${ipaddr.IPv6.networkAddressFromCIDR(`${parsed.toNormalizedString()}/64`)}/64`;
}
