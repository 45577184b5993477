import { useQuery } from "@apollo/client/react";
import { ViewerDocument } from "../graphql.ts";

/** The id of whoever is signed in; undefined until it is known. */
export function useViewerId(): string | undefined {
  return useQuery(ViewerDocument).data?.viewer?.user?.id;
}
