import { hash } from "node:crypto";
import type { EventEnvelope } from "../../../datasources/bitrix24/event-envelope.ts";

/** Names a delivery: the same event of the same portal and time with the same data is the same delivery, whoever's tokens it carries. */
export function deliveryKey(portal: string, { event, ts, data }: Pick<EventEnvelope, "event" | "ts" | "data">): string {
  return hash("sha256", `${portal}\n${event}\n${ts}\n${JSON.stringify(data ?? null)}`, "base64url");
}

/** The body without its `auth` fields: what is put aside for a later version must not keep anybody's tokens. */
export function withoutAuth(body: string): string {
  return body
    .split("&")
    .filter((field) => !/^auth(%5B|\[|=|$)/i.test(field))
    .join("&");
}
