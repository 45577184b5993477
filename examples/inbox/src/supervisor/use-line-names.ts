import { useQuery } from "@apollo/client/react";
import { FilterChoicesDocument } from "../graphql.ts";

/** The names of lines, which are read once for all rows. */
export function useLineNames(): (id: string | undefined) => string {
  const { data } = useQuery(FilterChoicesDocument);
  const names = new Map((data?.openLines?.nodes ?? []).map(({ id, name }) => [id, name]));
  return (id) => (id === undefined ? "" : (names.get(id) ?? id));
}
