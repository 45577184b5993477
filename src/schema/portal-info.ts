import { Field, Int, ObjectType } from "type-graphql";
import { AbsoluteUrl } from "./scalars.ts";

@ObjectType({
  simpleResolvers: true,
  description: "The portal's public contact-centre page, where open lines and their channels are managed.",
})
export class PublicPage {
  @Field(() => AbsoluteUrl, { description: "Address of the portal (`SERVER_ADDRESS`)." })
  readonly serverUrl!: string;

  @Field(() => String, { description: "Path of the page on the portal, such as `/contact_center/` (`PUBLIC_PATH`)." })
  readonly path!: string;

  @Field(() => AbsoluteUrl, { description: "Address of the page: both together." })
  readonly url!: string;
}

@ObjectType({
  simpleResolvers: true,
  description: "Revision numbers of the portal's Open Channels module. A number grows when that side of it changes.",
})
export class ApiRevision {
  @Field(() => Int, { description: "Of the REST methods." })
  readonly rest!: number;

  @Field(() => Int, { description: "Of the web and desktop applications." })
  readonly web!: number;

  @Field(() => Int, { description: "Of the mobile application." })
  readonly mobile!: number;
}
