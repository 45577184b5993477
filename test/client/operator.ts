import type { RunningPortal } from "../../simulator/portal.ts";
import { keyFor } from "../kit/gateway.ts";
import { type LiveOffice, openLiveOffice } from "../kit/live-office.ts";

/** A gateway with live events, and one of its operators who has dialogs. */
export interface OperatorScene {
  readonly portal: RunningPortal;
  readonly office: LiveOffice;
  readonly url: string;
  readonly key: string;
  readonly userId: number;
  /** Chats of the inbox in which the operator is responsible. */
  readonly chatIds: readonly string[];
}

/** `env`: settings of the gateway that replace those of the harness. */
export async function openOperatorScene(env: Readonly<Record<string, string>> = {}): Promise<OperatorScene> {
  const office = await openLiveOffice({}, env);
  const { gateway, portal } = office;
  for (const user of portal.users.slice(1)) {
    const key = keyFor(user);
    const { data } = await gateway.graphql(
      "query ($me: [ID!]) { inbox(first: 20, filter: { operatorIds: $me, states: [ASSIGNED] }) { nodes { id chat { messageCount } } } }",
      { me: [String(user.id)] },
      { key },
    );
    const nodes: readonly { readonly id: string; readonly chat: { readonly messageCount: number } }[] =
      data?.inbox?.nodes ?? [];
    const chatIds = nodes.filter(({ chat }) => chat.messageCount > 4).map(({ id }) => id);
    if (chatIds.length > 1)
      return { portal, office, url: gateway.url, key: gateway.keyOf(key), userId: user.id, chatIds };
  }
  throw new Error("no operator with dialogs");
}
