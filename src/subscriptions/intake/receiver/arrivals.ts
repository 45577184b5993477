import type { IncomingMessage } from "node:http";
import type { Socket } from "node:net";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { guard } from "../../../process/guard.ts";
import type { DeliveryInHand } from "../../events/gaps/deliveries-in-hand.ts";
import type { Heartbeat } from "../../events/gaps/heartbeat.ts";

/**
 * Lets the heartbeat know of each delivery of a scope's routes from its first bytes on. Returns what a handler takes its delivery over with,
 * to end it whether or not its sender is still there.
 *
 * A sender that keeps its connection may send on it in the moment in which the server's end closes it, and is never read then: the
 * heartbeat is told of that too.
 */
export function trackArrivals(
  scope: FastifyInstance,
  heartbeat: Pick<Heartbeat, "deliveryBegins" | "cutsSendersOff">,
): (request: FastifyRequest) => DeliveryInHand {
  const arriving = new WeakMap<IncomingMessage, DeliveryInHand>();
  /** Connections that brought a delivery and are open. */
  const kept = new Set<Socket>();
  scope.addHook("onRequest", (request, reply, done) => {
    const delivery = heartbeat.deliveryBegins();
    arriving.set(request.raw, delivery);
    keep(request.raw.socket);
    reply.raw.once(
      "close",
      guard("the end of a delivery", () => {
        if (arriving.delete(request.raw)) delivery.end();
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

  return ({ raw }) => {
    const delivery = arriving.get(raw) ?? heartbeat.deliveryBegins();
    arriving.delete(raw);
    delivery.arrived();
    return delivery;
  };
}
