import { type RunningPortal, startPortal } from "../../simulator/portal.ts";
import { botClientId } from "../../simulator/seed/staff.ts";
import type { Chat, Session, SessionStatus } from "../../simulator/world/records.ts";
import { type GraphqlAnswer, keyFor, startGateway, type TestGateway } from "./gateway.ts";

/** Somebody of the portal's staff at work through the gateway. */
export interface StaffMember {
  readonly id: number;
  ask(query: string, variables?: Record<string, unknown>): Promise<GraphqlAnswer>;
  /** The first root field of an operation that must have no errors. */
  // biome-ignore lint/suspicious/noExplicitAny: tests reach into answers of queries whose shape they wrote themselves.
  act(query: string, variables?: Record<string, unknown>): Promise<any>;
}

export interface Office {
  readonly portal: RunningPortal;
  readonly gateway: TestGateway;
  readonly supervisor: StaffMember;
  staff(userId: number): StaffMember;
  /** Acts through a further credential that was named when the office was opened. */
  staffWithKey(name: string, userId: number): StaffMember;
  /** A chat, not handed out before, whose open session has the status, or one of several; undefined: a chat without an open session. */
  chatWith(
    status: SessionStatus | readonly SessionStatus[] | undefined,
    where?: (chat: Chat, session: Session | undefined) => boolean,
  ): Chat;
  close(): Promise<void>;
}

/** A gateway in front of a simulated portal without request limits, with the seeded bot's client id configured. */
export async function openOffice(
  keysFor: (portal: RunningPortal) => Record<string, string> = () => ({}),
): Promise<Office> {
  const portal = await startPortal({ size: 0.3, plan: "on-premise" });
  const env = { BITRIX24_PLAN: "on-premise", BITRIX24_BOT_CLIENT_ID: botClientId };
  const gateway = await startGateway({ portal, keys: keysFor(portal), env });
  const taken = new Set<number>();

  function staffWithKey(key: string, id: number): StaffMember {
    return {
      id,
      ask: (query, variables) => gateway.graphql(query, variables, { key }),
      async act(query, variables) {
        const { data, errors } = await gateway.graphql(query, variables, { key });
        if (errors !== undefined) throw new Error(JSON.stringify(errors, null, 2));
        return Object.values(data)[0];
      },
    };
  }

  function staff(userId: number): StaffMember {
    const user = portal.users.find(({ id }) => id === userId);
    if (user === undefined) throw new Error(`${userId} is not of the staff`);
    return staffWithKey(keyFor(user), userId);
  }

  return {
    portal,
    gateway,
    supervisor: staff(portal.world.supervisorId),
    staff,
    staffWithKey,
    chatWith(status, where = () => true) {
      const wanted: readonly (SessionStatus | undefined)[] = Array.isArray(status) ? status : [status];
      for (const chat of portal.world.chats.values()) {
        const session = portal.world.openSession(chat.id);
        if (chat.kind !== "lines" || taken.has(chat.id) || !wanted.includes(session?.status) || !where(chat, session))
          continue;
        taken.add(chat.id);
        return chat;
      }
      throw new Error(`The seed has no further chat in status ${status} like that`);
    },
    async close() {
      await gateway.close();
      await portal.close();
    },
  };
}
