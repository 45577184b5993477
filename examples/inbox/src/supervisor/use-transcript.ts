import { useQuery } from "@apollo/client/react";
import { useState } from "react";
import { useReadAgain } from "../gateway/use-read-again.ts";
import { SessionTranscriptDocument, type SessionTranscriptQuery } from "../graphql.ts";

export interface TranscriptState {
  readonly session: NonNullable<SessionTranscriptQuery["session"]> | undefined;
  readonly hasEarlier: boolean;
  readonly isLoading: boolean;
  /** Why it is not there, or what comes before is not. */
  readonly problem: Error | undefined;
  readonly loadEarlier: () => Promise<void>;
  readonly readAgain: () => void;
}

/** A session and what was said in it, page by page. */
export function useTranscript(sessionId: string): TranscriptState {
  const { data, error, refetch, fetchMore } = useQuery(SessionTranscriptDocument, { variables: { sessionId } });
  const readAgain = useReadAgain(SessionTranscriptDocument, { error, refetch });
  const [isLoadingEarlier, setIsLoadingEarlier] = useState(false);
  const [problem, setProblem] = useState<Error>();
  const session = data?.session ?? undefined;
  const { hasPreviousPage = false, startCursor } = session?.messages?.pageInfo ?? {};
  return {
    session,
    hasEarlier: hasPreviousPage && problem === undefined,
    isLoading: isLoadingEarlier || (data === undefined && error === undefined),
    problem: error ?? problem,
    async loadEarlier() {
      setIsLoadingEarlier(true);
      const read = fetchMore({ variables: { before: startCursor } });
      setProblem(
        await read.then(
          (page) => page.error,
          (failure: unknown) => (failure instanceof Error ? failure : new Error(String(failure))),
        ),
      );
      setIsLoadingEarlier(false);
    },
    readAgain() {
      setProblem(undefined);
      readAgain();
    },
  };
}
