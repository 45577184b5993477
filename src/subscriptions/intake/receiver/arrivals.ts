import type { IncomingMessage } from "node:http";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { guard } from "../../../process/guard.ts";
import type { DeliveryInHand } from "../../events/gaps/deliveries-in-hand.ts";
import type { Heartbeat } from "../../events/gaps/heartbeat.ts";

/**
 * Lets the heartbeat know of each delivery of a scope's routes from its first bytes on. Returns what a handler takes its delivery over with,
 * to end it whether or not its sender is still there.
 */
export function trackArrivals(
  scope: FastifyInstance,
  heartbeat: Pick<Heartbeat, "deliveryBegins">,
): (request: FastifyRequest) => DeliveryInHand {
  const arriving = new WeakMap<IncomingMessage, DeliveryInHand>();
  scope.addHook("onRequest", (request, reply, done) => {
    const delivery = heartbeat.deliveryBegins();
    arriving.set(request.raw, delivery);
    reply.raw.once(
      "close",
      guard("the end of a delivery", () => {
        if (arriving.delete(request.raw)) delivery.end();
      }),
    );
    done();
  });
  return ({ raw }) => {
    const delivery = arriving.get(raw) ?? heartbeat.deliveryBegins();
    arriving.delete(raw);
    delivery.arrived();
    return delivery;
  };
}
