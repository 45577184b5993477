import { Field, ObjectType } from "type-graphql";
import { describedEnum } from "./described-enum.ts";
import { RestField } from "./rest-field.ts";
import { DateTime } from "./scalars.ts";

export type CapabilityStatus = "AVAILABLE" | "MISSING" | "UNKNOWN";
export type CapabilityReason = "PLAN" | "SCOPE" | "MODULE" | "RIGHT";

const CapabilityStatusEnum = describedEnum<CapabilityStatus>(
  "CapabilityStatus",
  "Whether a portal has something for the caller.",
  {
    AVAILABLE: "It answered with something.",
    MISSING: "It was refused; `reason` says why.",
    UNKNOWN: "It answered with nothing, which a portal does for want of a right as well, or it could not be asked now.",
  },
);

const CapabilityReasonEnum = describedEnum<CapabilityReason>("CapabilityReason", "Why something is missing.", {
  PLAN: "The portal's plan does not include it.",
  SCOPE: "The credential lacks a scope.",
  MODULE: "The portal does not know the method: its module is not installed, or older.",
  RIGHT: "The credential's user may not use it.",
});

@ObjectType({ simpleResolvers: true, description: "Whether the portal has one thing for the caller." })
export class Capability {
  @Field(() => CapabilityStatusEnum, { description: "Whether it is there." })
  readonly status!: CapabilityStatus;

  @Field(() => CapabilityReasonEnum, { nullable: true, description: "Why it is missing; null when it is not." })
  readonly reason!: CapabilityReason | null;

  @Field(() => String, { nullable: true, description: "What to do about it; null when it is there." })
  readonly message!: string | null;

  @Field(() => DateTime, { description: "When this was found out." })
  readonly checkedAt!: Date;
}

const CapabilityField = (method: string, description: string, others: readonly string[] = []): PropertyDecorator =>
  RestField(method, () => Capability, `${description} (\`${method}\`).`, others);

/** Whose sessions are asked about. */
const OF_SESSIONS = ["imopenlines.v2.Session.list"];

/** Answered by field resolvers alone. */
@ObjectType({
  simpleResolvers: true,
  description:
    "What not every portal, plan or credential has. A field that needs what is missing is FORBIDDEN with the same reason.",
})
export class Capabilities {
  @CapabilityField("imopenlines.v2.Session.list", "Lists of sessions from the reports")
  readonly sessionList?: Capability | null;

  @CapabilityField("imopenlines.v2.Session.Stat.get", "Figures of sessions", OF_SESSIONS)
  readonly sessionStatistics?: Capability | null;

  @CapabilityField("imopenlines.v2.Session.Transfer.list", "How sessions were handed over", OF_SESSIONS)
  readonly sessionTransfers?: Capability | null;

  @CapabilityField("imopenlines.v2.Session.Rating.list", "Ratings by customers")
  readonly sessionRatings?: Capability | null;

  @CapabilityField("imopenlines.v2.Operator.list", "What operators have to do")
  readonly operatorLoad?: Capability | null;

  @CapabilityField("imopenlines.v2.Stat.get", "Figures of lines")
  readonly lineStatistics?: Capability | null;

  @CapabilityField(
    "crm.activity.list",
    "Activities of the CRM, which lists of sessions come from where there are no reports and which activity events are about",
  )
  readonly activityEvents?: Capability | null;
}
