export {
  type ConnectionStatus,
  createOpenLinesClient,
  type OpenLinesClient,
  type OpenLinesClientOptions,
  type SubscribeOptions,
} from "./client.ts";
export type { ConnectionState } from "./connection.ts";
export type { TextStorage } from "./cursors.ts";
export type { TypedDocument } from "./documents.ts";
export type { Identity, IdentitySource } from "./identity.ts";
export type { Gap, Loss, Withheld } from "./notices.ts";
export { type GatewayError, NoAnswer, type Operation, type Result, SubscriptionEnded } from "./result.ts";
export type { Handlers } from "./subscription.ts";
export { type UserError, userErrorsByField, userErrorsOf } from "./user-errors.ts";
