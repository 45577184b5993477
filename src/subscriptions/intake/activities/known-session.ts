import { z } from "zod";
import type { SessionActivityRecord } from "../../../datasources/crm/activities.ts";
import type { Id } from "../../../datasources/domain/ids.ts";
import type { SessionState } from "../../../datasources/domain/session-record.ts";
import { parseUserCode } from "../../../datasources/domain/user-code.ts";
import type { KeyValueStore } from "../../../storage/key-value-store.ts";

const id = z.string().regex(/^[1-9][0-9]*$/);
const knownSession = z.object({
  sessionId: id,
  lineId: id.nullable(),
  connectorId: z.string().nullable(),
  operatorId: id.nullable(),
  state: z.enum(["NEW", "ANSWERED", "PAUSED", "CLOSED", "SPAM", "UNKNOWN"]),
  /** Null where it was not found. */
  chatId: id.nullable(),
  startedAt: z.iso.datetime(),
  closedAt: z.iso.datetime().nullable(),
  /** How often it was looked at: names what is told of the next look, in whatever process. */
  looks: z.number().int(),
});

/** What an activity told of its session when it was looked at last. */
export type KnownSession = Readonly<z.output<typeof knownSession>>;

/** By activity. All methods reject with `StorageUnavailable`. */
export interface KnownSessions {
  find(portal: string, activityId: Id): Promise<KnownSession | undefined>;
  keep(portal: string, activityId: Id, session: KnownSession): Promise<void>;
  forget(portal: string, activityId: Id): Promise<void>;
}

/** An activity that nobody touched for so long is of a session that ended long ago. */
const KEPT_MS = 60 * 24 * 60 * 60_000;

/** In one namespace for each portal, which the store bounds. */
export function createKnownSessions(keyValues: KeyValueStore): KnownSessions {
  return {
    async find(portal, activityId) {
      const kept = await keyValues.get(namespaceOf(portal), activityId);
      return kept === null ? undefined : decoded(kept);
    },
    keep: (portal, activityId, session) =>
      keyValues.set(namespaceOf(portal), activityId, JSON.stringify(session), { ttlMs: KEPT_MS }),
    async forget(portal, activityId) {
      await keyValues.delete(namespaceOf(portal), activityId);
    },
  };
}

function namespaceOf(portal: string): string {
  return `session-activities ${portal}`;
}

function decoded(text: string): KnownSession | undefined {
  try {
    return knownSession.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}

/** What an activity tells, with the chat that was found for its user code. */
export function knownSessionOf({ session }: SessionActivityRecord, chatId: Id | null, looks: number): KnownSession {
  const code = session.userCode === undefined || session.userCode === null ? null : parseUserCode(session.userCode);
  const state: SessionState = session.state ?? "UNKNOWN";
  return {
    sessionId: session.id,
    lineId: session.lineId ?? null,
    connectorId: code?.connectorId ?? session.sourceCode ?? null,
    operatorId: session.operatorId ?? null,
    state,
    chatId,
    startedAt: session.startedAt.toISOString(),
    closedAt: session.closedAt?.toISOString() ?? null,
    looks,
  };
}
