import { useQuery } from "@apollo/client/react";
import { type SessionFilter, type SessionRowFragment, SessionsDocument } from "../graphql.ts";
import { SELDOM_MS, useAskedAgain } from "../parts/use-asked-again.ts";

interface Sessions {
  readonly sessions: readonly SessionRowFragment[];
  /** Whether the list has all that the filter lets through, as far as its source can tell. */
  readonly isComplete: boolean;
  readonly hasMore: boolean;
  readonly isLoading: boolean;
  readonly error: Error | undefined;
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
  useAskedAgain(error, refetch, SELDOM_MS);
  const list = data?.sessions;
  return {
    sessions: list?.nodes ?? [],
    isComplete: list?.isComplete ?? true,
    hasMore: list?.pageInfo.hasNextPage ?? false,
    isLoading: loading,
    error,
    readAgain: () => void refetch().catch(() => undefined),
    loadMore: () => void fetchMore({ variables: { after: list?.pageInfo.endCursor ?? null } }),
  };
}
