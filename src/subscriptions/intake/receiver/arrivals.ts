import type { ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { FastifyInstance, FastifyRequest } from "fastify";
import type { AddressOf, SenderAddress } from "../../../installation/install-endpoint.ts";
import { guard } from "../../../process/guard.ts";
import type { DeliveryInHand } from "../../events/gaps/deliveries-in-hand.ts";
import type { Heartbeat } from "../../events/gaps/heartbeat.ts";
import type { Moment } from "../../events/gaps/moment.ts";

export interface ArrivalsOptions {
  readonly heartbeat: Pick<Heartbeat, "deliveryBegins" | "cutsSendersOff">;
  readonly addressOf: AddressOf;
  /** Told of what did not come whole, or is too large to be read. */
  readonly unread: (from: SenderAddress, since: Moment) => void;
}

declare module "fastify" {
  interface FastifyRequest {
    /** Until a handler takes it over. */
    delivery: DeliveryInHand | undefined;
  }
}

/**
 * Lets the heartbeat know of each delivery of a scope's routes from its first bytes on. Returns what a handler takes its delivery over with,
 * to end it whether or not its sender is still there.
 *
 * A sender that keeps its connection may send on it in the moment in which the server's end closes it, and is never read then: the
 * heartbeat is told of that too.
 */
export function trackArrivals(
  scope: FastifyInstance,
  { heartbeat, addressOf, unread }: ArrivalsOptions,
): (request: FastifyRequest) => DeliveryInHand {
  /** Connections that brought a delivery and are open. */
  const kept = new Set<Socket>();
  scope.decorateRequest("delivery", undefined);
  scope.addHook("onRequest", (request, reply, done) => {
    const delivery = heartbeat.deliveryBegins();
    // Of a connection that is closed it cannot be told any more.
    const from = addressOf(request);
    request.delivery = delivery;
    keep(request.raw.socket);
    reply.raw.on(
      "close",
      guard("the end of a delivery", () => {
        if (request.delivery === undefined) return;
        request.delivery = undefined;
        if (isUnread(reply.raw)) unread(from, delivery.since);
        delivery.end();
      }),
    );
    done();
  });
  scope.addHook("preClose", (done) => {
    if (kept.size > 0) heartbeat.cutsSendersOff();
    done();
  });

  function keep(socket: Socket): void {
    if (kept.has(socket)) return;
    kept.add(socket);
    socket.once(
      "close",
      guard("the end of a sender's connection", () => kept.delete(socket)),
    );
  }

  return (request) => {
    const delivery = request.delivery ?? heartbeat.deliveryBegins();
    request.delivery = undefined;
    delivery.arrived();
    return delivery;
  };
}

/** Of a delivery that no handler took over: its sender went away or was too slow, broke its body off, or sends too much. */
function isUnread({ headersSent, statusCode }: ServerResponse): boolean {
  return !headersSent || statusCode === 400 || statusCode === 413;
}
