import { BlockList, isIP } from "node:net";

const LOOPBACK_ADDRESSES = new BlockList();
LOOPBACK_ADDRESSES.addSubnet("127.0.0.0", 8, "ipv4");
LOOPBACK_ADDRESSES.addAddress("::1", "ipv6");

/**
 * Whether a host never leaves this machine, so that plain HTTP to it is fine and listening on it opens nothing to others. `host` is a name or
 * an address without a port; an IPv6 address with or without its brackets, in any spelling, an IPv4 one inside it included.
 */
export function isLoopback(host: string): boolean {
  const bracketed = host.startsWith("[") && host.endsWith("]");
  const name = (bracketed ? host.slice(1, -1) : host).toLowerCase();
  switch (isIP(name)) {
    case 4:
      return !bracketed && LOOPBACK_ADDRESSES.check(name, "ipv4");
    case 6:
      return LOOPBACK_ADDRESSES.check(name, "ipv6");
    default:
      return !bracketed && /^([a-z0-9-]+\.)*localhost\.?$/.test(name);
  }
}
