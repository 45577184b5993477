import { Ctx, Query, Resolver } from "type-graphql";
import type { UserRecord } from "../../datasources/domain/user.ts";
import { type ProfileRecord, profileGet, scopeList } from "../../datasources/im/account.ts";
import { countersGet } from "../../datasources/im/counters.ts";
import { Capabilities } from "../../schema/capabilities.ts";
import { Chat } from "../../schema/chat.ts";
import { User } from "../../schema/user.ts";
import { Viewer, type ViewerKind } from "../../schema/viewer.ts";
import type { OperationContext, ViewerIdentity } from "../engine/context.ts";
import { defineFields } from "../engine/field-table.ts";

@Resolver(() => Viewer)
export class ViewerQuery {
  @Query(() => Viewer, {
    description:
      "Whom this request acts as. By itself it calls nothing; each field says what it costs. A good first query: it tells whether the credential works and what it may do.",
  })
  viewer(@Ctx() { viewer, portal }: OperationContext): Viewer {
    return new Viewer(KINDS[viewer.kind], viewer.label, portal.host);
  }
}

/** What the portal knows of the viewer. Equal reads of one turn leave once, so each field asks for what it needs. */
export const viewerFields = defineFields<Viewer>(Viewer, {
  user: async (_, context) => {
    const profile = await readProfile(context);
    return new User(profile.id, userRecordOf(profile));
  },
  isAdmin: async (_, context) => (await readProfile(context)).isAdmin,
  timeZone: async (_, context) => (await readProfile(context)).timeZone,
  scopes: (_, { portal }) => portal.read(scopeList()),
  capabilities: () => new Capabilities(),
  liveEvents: async (_, { live }) => {
    const { sources, scope, needsReinstall, checkedEverySeconds } = await live.status();
    return {
      source: SOURCES[sources[0] ?? "none"],
      sources: sources.map((source) => SOURCES[source]),
      scope: scope === "all" ? "ALL" : "OWN",
      needsReinstall,
      checkedEverySeconds,
    } as const;
  },
  unread: async (_, { portal }) => {
    const { openLinesTotal, byChat } = await portal.read(countersGet());
    return { total: openLinesTotal, chats: [...byChat].map(([id, count]) => ({ chat: new Chat(id), count })) };
  },
});

const KINDS: Readonly<Record<ViewerIdentity["kind"], ViewerKind>> = {
  "api-key": "API_KEY",
  "user-token": "USER_TOKEN",
  "json-web-token": "USER_TOKEN",
  open: "OPEN",
};

const SOURCES = { receiver: "RECEIVER", webhook: "OUTGOING_WEBHOOK", polling: "POLLING", none: "NONE" } as const;

function readProfile({ portal }: OperationContext): Promise<ProfileRecord> {
  return portal.read(profileGet());
}

/** What the profile tells of the user; the rest is read when it is asked for. */
function userRecordOf({ id, firstName, lastName, gender, avatarUrl }: ProfileRecord): UserRecord {
  const name = [firstName, lastName].filter((part) => part !== null).join(" ");
  return { id, firstName, lastName, gender, avatarUrl, name: name === "" ? null : name };
}
