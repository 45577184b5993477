import type { End } from "./carrier.ts";
import type { ConnectionState } from "./connection.ts";
import { isRecord, type Operation, type Result } from "./result.ts";

/** From any tab to the one that has the socket. `from` names the tab. */
export type ToLeader =
  | { readonly kind: "who" | "hurry"; readonly from: string }
  | { readonly kind: "carry"; readonly from: string; readonly id: string; readonly operation: Operation }
  | { readonly kind: "stop" | "renew"; readonly from: string; readonly id: string };

/** From the tab that has the socket. */
export type FromLeader =
  | { readonly kind: "leads"; readonly from: string; readonly state: ConnectionState }
  | {
      readonly kind: "next";
      readonly from: string;
      readonly to: string;
      readonly id: string;
      readonly result: Result;
    }
  | { readonly kind: "ended"; readonly from: string; readonly to: string; readonly id: string; readonly end: End }
  /** Whether there is another identity now; never which. */
  | {
      readonly kind: "renewed";
      readonly from: string;
      readonly to: string;
      readonly id: string;
      readonly isRenewed: boolean;
    };

/** Other scripts of the page's origin may use the channel too, and other versions of this one. */
export function isToLeader(value: unknown): value is ToLeader {
  if (!isRecord(value) || typeof value.from !== "string") return false;
  switch (value.kind) {
    case "who":
    case "hurry":
      return true;
    case "stop":
    case "renew":
      return typeof value.id === "string";
    case "carry":
      return typeof value.id === "string" && isRecord(value.operation) && typeof value.operation.query === "string";
    default:
      return false;
  }
}

export function isFromLeader(value: unknown): value is FromLeader {
  if (!isRecord(value) || typeof value.from !== "string") return false;
  switch (value.kind) {
    case "leads":
      return isRecord(value.state) && typeof value.state.phase === "string";
    case "next":
      return typeof value.to === "string" && typeof value.id === "string" && isRecord(value.result);
    case "ended":
      return typeof value.to === "string" && typeof value.id === "string" && isRecord(value.end);
    case "renewed":
      return typeof value.to === "string" && typeof value.id === "string" && typeof value.isRenewed === "boolean";
    default:
      return false;
  }
}
