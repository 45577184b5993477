import type { ApolloClient } from "@apollo/client";
import {
  type SessionFilter,
  type SessionRowFragment,
  SessionsDocument,
  type SessionsQueryVariables,
} from "../graphql.ts";

const PAGE = 100;
/** A browser's share; `npm run sessions` of the gateway exports more. */
const MOST = 5_000;

/** Reads page after page; `told` hears how many there are so far. */
export async function readAllSessions(
  apollo: ApolloClient,
  filter: SessionFilter,
  told: (count: number) => void,
): Promise<readonly SessionRowFragment[]> {
  const sessions: SessionRowFragment[] = [];
  let after: string | null = null;
  do {
    const variables: SessionsQueryVariables = { filter, first: PAGE, after };
    // Not kept in the cache, whose list is the one on the page.
    const { data, error } = await apollo.query({ query: SessionsDocument, variables, fetchPolicy: "no-cache" });
    if (error !== undefined) throw error;
    const page = data?.sessions;
    sessions.push(...(page?.nodes ?? []));
    told(sessions.length);
    after = page?.pageInfo.hasNextPage === true ? page.pageInfo.endCursor : null;
  } while (after !== null && sessions.length < MOST);
  return sessions;
}
