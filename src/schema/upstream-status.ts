import { Field, Float, Int, ObjectType } from "type-graphql";
import type { AllowanceStatus, BlockedMethod, Plan } from "../datasources/bitrix24/usage.ts";
import { describedEnum } from "./described-enum.ts";
import { DateTime } from "./scalars.ts";

const PortalPlanEnum = describedEnum<"STANDARD" | "ENTERPRISE" | "ON_PREMISE">(
  "PortalPlan",
  "The allowance that the gateway is configured to expect of the portal.",
  {
    STANDARD: "2 requests a second after a burst of 50.",
    ENTERPRISE: "5 requests a second after a burst of 250.",
    ON_PREMISE: "No request limit.",
  },
);

const CircuitEnum = describedEnum<"CLOSED" | "OPEN" | "HALF_OPEN">(
  "CircuitState",
  "Whether the gateway lets calls through to the portal.",
  {
    CLOSED: "Calls go through.",
    OPEN: "The portal kept failing and is being given a rest; calls are refused at once.",
    HALF_OPEN: "A single call is trying whether the portal has recovered.",
  },
);

@ObjectType({ simpleResolvers: true, description: "A method that used up its operating time." })
export class BlockedMethodStatus {
  @Field(() => String, { description: "The REST method." })
  readonly method!: string;

  @Field(() => DateTime, { description: "When the portal answers it again." })
  readonly until!: Date;
}

@ObjectType({
  simpleResolvers: true,
  description:
    "The portal's allowance as the gateway models it. The portal does not tell its own counter, so other programs that call the same portal from the same address are only noticed when it refuses.",
})
export class UpstreamStatus {
  @Field(() => PortalPlanEnum, { description: "The allowance by plan." })
  readonly plan: "STANDARD" | "ENTERPRISE" | "ON_PREMISE";

  @Field(() => Float, { description: "Requests counted against the allowance: 0 is unused, `capacity` is used up." })
  readonly level: number;

  @Field(() => Float, { nullable: true, description: "The level at which the portal refuses; null without a limit." })
  readonly capacity: number | null;

  @Field(() => Float, { nullable: true, description: "How much the level falls each second; null without a limit." })
  readonly drainPerSecond: number | null;

  @Field(() => Int, { description: "Calls that wait in the gateway for the allowance." })
  readonly queuedCommands: number;

  @Field(() => Int, { description: "Requests that the portal has not answered yet." })
  readonly inFlightRequests: number;

  @Field(() => [BlockedMethodStatus], {
    description: "Methods that the portal refuses for a while because their running time was used up.",
  })
  readonly blockedMethods: readonly BlockedMethod[];

  @Field(() => CircuitEnum, { description: "Whether calls go through at all." })
  readonly circuit: "CLOSED" | "OPEN" | "HALF_OPEN";

  constructor(status: AllowanceStatus) {
    this.plan = PLANS[status.plan];
    this.level = status.level;
    this.capacity = status.capacity;
    this.drainPerSecond = status.drainPerSecond;
    this.queuedCommands = status.queuedCommands;
    this.inFlightRequests = status.inFlightRequests;
    this.blockedMethods = status.blockedMethods;
    this.circuit = CIRCUITS[status.circuit];
  }
}

const PLANS: Readonly<Record<Plan, UpstreamStatus["plan"]>> = {
  standard: "STANDARD",
  enterprise: "ENTERPRISE",
  "on-premise": "ON_PREMISE",
};

const CIRCUITS: Readonly<Record<AllowanceStatus["circuit"], UpstreamStatus["circuit"]>> = {
  closed: "CLOSED",
  open: "OPEN",
  "half-open": "HALF_OPEN",
};
