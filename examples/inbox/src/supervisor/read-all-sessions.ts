import type { ApolloClient } from "@apollo/client";
import {
  type SessionFilter,
  type SessionRowFragment,
  SessionsDocument,
  type SessionsQueryVariables,
} from "../graphql.ts";

const PAGE = 100;

export interface WantedSessions {
  readonly filter: SessionFilter;
  /** Behind which it goes on; null for the first. */
  readonly after: string | null;
  /** So many at most, or a few more: whole pages are read. */
  readonly most: number;
}

export interface ReadSessions {
  readonly sessions: readonly SessionRowFragment[];
  /** Where the rest begins; null when these are all. */
  readonly next: string | null;
}

/** Reads page after page; `told` hears how many there are so far. */
export async function readAllSessions(
  apollo: ApolloClient,
  { filter, after, most }: WantedSessions,
  told: (count: number) => void,
): Promise<ReadSessions> {
  const sessions: SessionRowFragment[] = [];
  let next = after;
  do {
    const variables: SessionsQueryVariables = { filter, first: PAGE, after: next };
    // Not kept in the cache, whose list is the one on the page.
    const { data, error } = await apollo.query({ query: SessionsDocument, variables, fetchPolicy: "no-cache" });
    if (error !== undefined) throw error;
    const page = data?.sessions;
    sessions.push(...(page?.nodes ?? []));
    told(sessions.length);
    next = page?.pageInfo.hasNextPage === true ? page.pageInfo.endCursor : null;
  } while (next !== null && sessions.length < most);
  return { sessions, next };
}
