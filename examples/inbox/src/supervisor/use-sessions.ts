import { useQuery } from "@apollo/client/react";
import { useState } from "react";
import { SELDOM_MS, useReadAgain } from "../gateway/use-read-again.ts";
import { type SessionFilter, type SessionRowFragment, SessionsDocument } from "../graphql.ts";

interface Sessions {
  readonly sessions: readonly SessionRowFragment[];
  /** Whether the list has all that the filter lets through, as far as its source can tell. */
  readonly isComplete: boolean;
  readonly hasMore: boolean;
  readonly isLoading: boolean;
  readonly error: Error | undefined;
  /** Why the next page did not come. */
  readonly moreProblem: Error | undefined;
  readonly loadMore: () => void;
  readonly readAgain: () => void;
}

const PAGE = 50;

/** Sessions of the whole portal, newest first, page by page. */
export function useSessions(filter: SessionFilter): Sessions {
  const variables = { filter, first: PAGE };
  const { data, loading, error, fetchMore, refetch } = useQuery(SessionsDocument, {
    variables,
    notifyOnNetworkStatusChange: true,
  });
  const readAgain = useReadAgain(SessionsDocument, { error, refetch }, { afterMs: SELDOM_MS });
  const [moreProblem, setMoreProblem] = useState<Error>();
  const list = data?.sessions;
  return {
    sessions: list?.nodes ?? [],
    isComplete: list?.isComplete ?? true,
    hasMore: list?.pageInfo.hasNextPage ?? false,
    isLoading: loading,
    error,
    moreProblem,
    readAgain,
    loadMore() {
      setMoreProblem(undefined);
      fetchMore({ variables: { after: list?.pageInfo.endCursor ?? null } }).then(
        ({ error }) => setMoreProblem(error),
        setMoreProblem,
      );
    },
  };
}
