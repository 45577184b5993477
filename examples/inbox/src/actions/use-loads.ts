import { useQuery } from "@apollo/client/react";
import { useReadAgain } from "../gateway/use-read-again.ts";
import { LoadsDocument, type LoadsQuery, type OperatorPresence } from "../graphql.ts";

export type LoadRow = NonNullable<LoadsQuery["operatorLoad"]>["nodes"][number];

/** What somebody has to do, in all lines together. */
export interface Load {
  readonly operatorId: string;
  readonly name: string | null;
  readonly presence: OperatorPresence;
  readonly active: number;
  /** Undefined where a line sets no limit. */
  readonly free: number | undefined;
  readonly lines: readonly LoadRow[];
}

export interface Loads {
  readonly loads: readonly Load[];
  readonly loadOf: (operatorId: string) => Load | undefined;
  readonly isLoading: boolean;
  readonly error: Error | undefined;
  readonly readAgain: () => void;
}

/** The portal is asked once in so many milliseconds, whoever asks. */
const LOOK_EVERY_MS = 30_000;

/** What operators have to do. Not everybody may know: then there is an error, and no loads. */
export function useLoads(): Loads {
  const { data, loading, error, refetch } = useQuery(LoadsDocument, { pollInterval: LOOK_EVERY_MS });
  const readAgain = useReadAgain(LoadsDocument, { error, refetch });
  const byOperator = Map.groupBy(data?.operatorLoad?.nodes ?? [], ({ operator }) => operator.id);
  const loads = [...byOperator].map(([operatorId, lines]) => together(operatorId, lines));
  return {
    loads,
    loadOf: (operatorId) => loads.find((load) => load.operatorId === operatorId),
    isLoading: loading,
    error,
    readAgain,
  };
}

function together(operatorId: string, lines: readonly LoadRow[]): Load {
  const frees = lines.flatMap(({ freeSlotCount }) => freeSlotCount ?? []);
  return {
    operatorId,
    name: lines[0]?.operator.name ?? null,
    presence: lines[0]?.presence ?? "UNKNOWN",
    active: lines.reduce((sum, { activeSessionCount }) => sum + (activeSessionCount ?? 0), 0),
    free: frees.length === lines.length ? frees.reduce((sum, free) => sum + free, 0) : undefined,
    lines,
  };
}
