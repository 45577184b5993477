import { LRUCache } from "lru-cache";
import type { PortalSession } from "../bitrix24/calls.ts";
import type { OperatorLoadRecord } from "../domain/session-record.ts";
import { operatorList } from "../imopenlines/statistics/operator-list.ts";

/** The operators of all lines at one moment. */
export interface OperatorLook {
  readonly rows: readonly OperatorLoadRecord[];
  readonly lookedAt: Date;
}

/** What one credential saw of the operators lately. */
export interface OperatorLoads {
  /** At most one look in 30 seconds, whoever asks (`imopenlines.v2.Operator.list`, all lines). */
  look(portal: PortalSession): Promise<OperatorLook>;
}

export interface OperatorLoadCache {
  forCredential(credentialKey: string): OperatorLoads;
}

export interface OperatorLoadLimits {
  readonly timeToLiveMs: number;
  /** Of all credentials' looks together; a look with more is not kept. */
  readonly maxRows: number;
}

/** As often as the documentation allows. */
const DEFAULT_LIMITS: OperatorLoadLimits = { timeToLiveMs: 30_000, maxRows: 50_000 };
const PAGE_SIZE = 200;
/** 5,000 rows; what follows is left out. */
const MAX_PAGES = 25;

/** Keeps the last look of each credential. Never shared between credentials, because each may report on other lines. */
export function createOperatorLoadCache(limits: Partial<OperatorLoadLimits> = {}): OperatorLoadCache {
  const { timeToLiveMs, maxRows } = { ...DEFAULT_LIMITS, ...limits };
  const looks = new LRUCache<string, OperatorLook>({
    maxSize: maxRows,
    sizeCalculation: ({ rows }) => rows.length + 1,
    ttl: timeToLiveMs,
    ttlAutopurge: true,
  });
  const underWay = new Map<string, Promise<OperatorLook>>();

  async function begin(key: string, portal: PortalSession): Promise<OperatorLook> {
    const looking = readAll(portal);
    underWay.set(key, looking);
    try {
      const look = await looking;
      looks.set(key, look);
      return look;
    } finally {
      underWay.delete(key);
    }
  }

  async function look(key: string, portal: PortalSession): Promise<OperatorLook> {
    const kept = looks.get(key);
    if (kept !== undefined) return kept;
    const others = underWay.get(key);
    // It may fail for a reason of whoever began it, such as a client that has gone.
    return others === undefined ? begin(key, portal) : others.catch(() => look(key, portal));
  }

  return { forCredential: (key) => ({ look: (portal) => look(key, portal) }) };
}

async function readAll(portal: PortalSession): Promise<OperatorLook> {
  const lookedAt = new Date();
  const rows = new Map<string, OperatorLoadRecord>();
  let offset = 0;
  for (let page = 0; page < MAX_PAGES; page++) {
    const { operators, hasNextPage } = await portal.read(operatorList({ offset, limit: PAGE_SIZE }));
    for (const row of operators.items) rows.set(`${row.operatorId} ${row.lineId}`, row);
    if (!hasNextPage || operators.count === 0) break;
    // By what came: a portal may send fewer than were asked for.
    offset += operators.count;
  }
  return { rows: [...rows.values()], lookedAt };
}
