import { Arg, Ctx, Directive, ID, Query, Resolver } from "type-graphql";
import type { Id } from "../../datasources/domain/ids.ts";
import { badUserInput, parseId } from "../../schema/input-errors.ts";
import { User } from "../../schema/user.ts";
import type { OperationContext } from "../engine/context.ts";

const MAX_IDS = 500;

@Resolver()
export class UserQueries {
  @Directive('@rest(method: "im.user.list.get")')
  @Query(() => User, {
    nullable: true,
    description:
      "One user: an employee, a customer or a bot. Null for an id that the portal does not know or does not show. Users of one operation are read together. Needs the scope `im` (`im.user.list.get`).",
  })
  user(
    @Arg("id", () => ID, { description: "The user's id." }) id: string,
    @Ctx() context: OperationContext,
  ): Promise<User | null> {
    return readUser(parseId(id, "id"), context);
  }

  @Directive('@rest(method: "im.user.list.get")')
  @Query(() => [User], {
    nullable: "itemsAndList",
    description:
      "Several users, in the order of the ids, null at the place of an id that the portal does not know or does not show. At most 500 ids; one call for 200 of them. Needs the scope `im` (`im.user.list.get`).",
  })
  users(
    @Arg("ids", () => [ID], { description: "The users' ids; the same one may stand several times." }) ids: string[],
    @Ctx() context: OperationContext,
  ): Promise<(User | null)[]> {
    if (ids.length > MAX_IDS) throw badUserInput(`ids must not hold more than ${MAX_IDS} ids. Got ${ids.length}.`);
    const parsed = ids.map((id, index) => parseId(id, `ids[${index}]`));
    return Promise.all(parsed.map((id) => readUser(id, context)));
  }
}

async function readUser(id: Id, context: OperationContext): Promise<User | null> {
  const record = await context.loaders.users.load(id);
  return record === null ? null : new User(record.id, record);
}
