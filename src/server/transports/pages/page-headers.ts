import type { FastifyReply } from "fastify";

/** Apollo's servers, from which the Sandbox comes: the only others that any page of the gateway may reach. */
const SANDBOX_SCRIPTS = "https://embeddable-sandbox.cdn.apollographql.com";
const SANDBOX_FRAME = "https://sandbox.embed.apollographql.com";

/** What a page may load and do. Scripts are files of the gateway, never inline. */
export type PagePolicy = "plain" | "explorer" | "inbox" | "sandbox";

function policyText(policy: PagePolicy, socketOrigins: string): string {
  const common = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
  switch (policy) {
    case "plain":
      return `${common}; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'`;
    case "explorer":
      // Its editor writes style elements, and starts its workers from files or from texts of its own.
      return `${common}; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; worker-src 'self' blob:; connect-src 'self'${socketOrigins}`;
    case "inbox":
      // Pictures and recordings of messages, and those that are about to be sent.
      return `${common}; script-src 'self'; style-src 'self'; img-src 'self' blob:; media-src 'self'; connect-src 'self'${socketOrigins}`;
    case "sandbox":
      return `${common}; script-src 'self' ${SANDBOX_SCRIPTS}; style-src 'self' ${SANDBOX_SCRIPTS}; img-src 'self'; frame-src ${SANDBOX_FRAME}; connect-src 'self' ${SANDBOX_FRAME}${socketOrigins}`;
    default:
      return policy satisfies never;
  }
}

/** Sets the headers that keep a page to itself. */
export function setPageHeaders(reply: FastifyReply, policy: PagePolicy, host: string | undefined): FastifyReply {
  return reply
    .header("content-security-policy", policyText(policy, socketOrigins(host)))
    .header("referrer-policy", "no-referrer")
    .header("x-content-type-options", "nosniff")
    .header("x-frame-options", "DENY");
}

/** Not every browser takes `'self'` for sockets of the same address. A host that could carry more than a host is left out. */
function socketOrigins(host: string | undefined): string {
  return host !== undefined && /^[A-Za-z0-9.:[\]-]+$/.test(host) ? ` ws://${host} wss://${host}` : "";
}
