import { Ctx, Query, Resolver } from "type-graphql";
import { UpstreamStatus } from "../../schema/upstream-status.ts";
import type { OperationContext } from "./context.ts";

/** What the gateway knows of the portal's allowance. */
@Resolver(() => UpstreamStatus)
export class UpstreamResolver {
  @Query(() => UpstreamStatus, {
    description:
      "The portal's allowance and health as the gateway sees them at this moment. Calls nothing. What this operation itself cost stands in `extensions.upstream` of the answer.",
  })
  upstream(@Ctx() context: OperationContext): UpstreamStatus {
    return new UpstreamStatus(context.upstreamStatus());
  }
}
