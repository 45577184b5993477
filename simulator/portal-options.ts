import type { EventOptions } from "./events/delivery.ts";
import type { PortalAge, PortalIdentity, PortalLanguage } from "./methods/method.ts";

/** The portal's tariff: how many requests it allows (50 and 2 per second, 250 and 5 per second, no limit). */
export type Plan = "standard" | "enterprise" | "on-premise";

export interface PortalOptions {
  /** 0 (default) = any free port. */
  port?: number;
  /** Default 127.0.0.1. */
  host?: string;
  /** Default 1. The same seed gives the same people, ids and texts; secrets and the member id are new in each run. */
  seed?: number;
  /** 1 (default) = 6 lines, 12 operators and a supervisor, 300 customers, 400 chats; 0.1 = a tenth of customers and chats. */
  size?: number;
  /** So many more sessions, closed in the two years before the seed's own past; default 0. */
  pastSessions?: number;
  /** Default "standard". */
  plan?: Plan;
  /** Simulated work in milliseconds: of each request (side by side) and of each command (one after another in a batch). */
  latency?: { requestMs?: number; commandMs?: number };
  /** Seconds per method, credential and ten minutes; default 420. Not on-premise. */
  operatingLimitSeconds?: number;
  /** Life of an access token; default 3600. */
  accessTokenSeconds?: number;
  /** Messages customers write on their own, per minute; default 0. */
  activityPerMinute?: number;
  /** Language of localised error texts; default English. */
  language?: PortalLanguage;
  /** What operators do on their own, per minute: answers, taking dialogs, ending them; default 0. */
  operatorActivityPerMinute?: number;
  /** How events are delivered to the handlers of applications. */
  events?: EventOptions;
  /** From when its software is; default 2026. */
  age?: PortalAge;
  /** The reports of Open Channels, whose methods begin with `imopenlines.v2`. */
  reports?: ReportOptions;
  /** When the seeded past ends, unix milliseconds; default now. Two worlds of one seed are equal if this is equal too. */
  now?: number;
}

export interface ReportOptions {
  /** False = the plan has none; default true. On-premise portals have no plan. */
  inPlan?: boolean;
  /** `external` (default) = a customer's id in the channel, `full` = the code of the classic methods. */
  userCode?: PortalIdentity["sessionUserCode"];
  /** The documented name of the list of `Session.Stat.get`; default `sessions`. */
  statKey?: PortalIdentity["statKey"];
}
