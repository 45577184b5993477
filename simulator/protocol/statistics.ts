import { isPhpMap } from "../php-value.ts";

export interface RecordedWrite {
  method: string;
  params: unknown;
  userId: number;
}

/** What the portal was asked since the start or the last reset. */
export interface Statistics {
  /** HTTP requests to the REST interface, refused ones too. */
  requests: number;
  /** Executed methods: plain calls and each command of a batch. */
  commands: number;
  /** Requests and commands refused for a limit. */
  refusals: number;
  /** Highest counter of the leaky bucket. */
  peakLevel: number;
  byMethod: Record<string, number>;
  writes: RecordedWrite[];
}

export interface StatisticsRecorder {
  request(level: number): void;
  refusal(): void;
  command(method: string): void;
  write(write: RecordedWrite): void;
  read(): Statistics;
  reset(): void;
}

const empty = (): Statistics => ({ requests: 0, commands: 0, refusals: 0, peakLevel: 0, byMethod: {}, writes: [] });

const longestText = 10_000;

/** Without the contents of uploaded files: what was written is kept as long as the portal runs. */
function shortened(value: unknown): unknown {
  if (typeof value === "string" && value.length > longestText) return `${value.length} characters`;
  if (Array.isArray(value)) return value.map(shortened);
  if (!isPhpMap(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, shortened(item)]));
}

export function createStatistics(): StatisticsRecorder {
  let current = empty();
  return {
    request(level) {
      current.requests += 1;
      current.peakLevel = Math.max(current.peakLevel, level);
    },
    refusal() {
      current.refusals += 1;
    },
    command(method) {
      current.commands += 1;
      current.byMethod[method] = (current.byMethod[method] ?? 0) + 1;
    },
    write(write) {
      current.writes.push({ ...write, params: shortened(write.params) });
    },
    read: () => ({ ...current, byMethod: { ...current.byMethod }, writes: [...current.writes] }),
    reset() {
      current = empty();
    },
  };
}
