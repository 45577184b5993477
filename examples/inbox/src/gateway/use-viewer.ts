import { useQuery } from "@apollo/client/react";
import { ViewerDocument } from "../graphql.ts";
import { useReadAgain } from "./use-read-again.ts";

interface Viewer {
  readonly viewerId: string | undefined;
  /** Whether it is known who is signed in: without that, nothing is one's own. */
  readonly isKnown: boolean;
  readonly error: Error | undefined;
  readonly readAgain: () => void;
}

/** Who is signed in; asked again until somebody answers. */
export function useViewer(): Viewer {
  const { data, error, refetch } = useQuery(ViewerDocument);
  const readAgain = useReadAgain(ViewerDocument, { error, refetch });
  return { viewerId: data?.viewer?.user?.id, isKnown: data?.viewer != null, error, readAgain };
}

/** The id of whoever is signed in; undefined until it is known. */
export function useViewerId(): string | undefined {
  return useQuery(ViewerDocument).data?.viewer?.user?.id;
}
