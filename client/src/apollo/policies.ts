import type { FieldPolicy, Reference, TypePolicies } from "@apollo/client";
import { KEY_FIELDS, PAGED_FIELDS } from "./schema-facts.ts";

type Item = Reference | { readonly node?: Reference };

interface StoredPage {
  readonly nodes?: readonly Item[];
  readonly edges?: readonly Item[];
  readonly pageInfo?: Readonly<Record<string, unknown>>;
}

/** How objects of the gateway are told apart in a cache, and how pages of its lists are joined. */
export const typePolicies: TypePolicies = Object.fromEntries(
  [...new Set([...Object.keys(KEY_FIELDS), ...Object.keys(PAGED_FIELDS)])].map((type) => {
    const keyFields = KEY_FIELDS[type];
    const fields = PAGED_FIELDS[type] ?? {};
    return [
      type,
      {
        ...(keyFields === undefined ? {} : { keyFields: keyFields === false ? false : [...keyFields] }),
        fields: Object.fromEntries(Object.entries(fields).map(([name, keyArgs]) => [name, pagesOf(keyArgs)])),
      },
    ];
  }),
);

/**
 * Joins the pages of a list, whether `nodes` or `edges` are selected: a page that was asked for with `after` goes behind what is there, one with
 * `before` goes in front, and any other is the list anew.
 */
export function pagesOf(keyArgs: readonly string[]): FieldPolicy<StoredPage> {
  return {
    keyArgs: [...keyArgs],
    merge(existing, incoming, { args, readField }) {
      const isBehind = typeof args?.after === "string";
      if (existing === undefined || (!isBehind && typeof args?.before !== "string"))
        return { ...existing, ...incoming };
      const nameOf = (item: Item): unknown =>
        "__ref" in item ? item.__ref : (readField<Reference>("node", item)?.__ref ?? item);
      const join = (before: readonly Item[] = [], after: readonly Item[] = []): readonly Item[] => {
        const known = new Set(before.map(nameOf));
        return [...before, ...after.filter((item) => !known.has(nameOf(item)))];
      };
      const joined = (
        one: readonly Item[] | undefined,
        other: readonly Item[] | undefined,
      ): readonly Item[] | undefined => (other === undefined ? one : isBehind ? join(one, other) : join(other, one));
      const nodes = joined(existing.nodes, incoming.nodes);
      const edges = joined(existing.edges, incoming.edges);
      const pageInfo = joinedInfo(existing.pageInfo, incoming.pageInfo, isBehind ? NEXT : PREVIOUS);
      return {
        ...existing,
        ...incoming,
        ...(nodes === undefined ? {} : { nodes }),
        ...(edges === undefined ? {} : { edges }),
        ...(pageInfo === undefined ? {} : { pageInfo }),
      };
    },
  };
}

const NEXT = ["hasNextPage", "endCursor"];
const PREVIOUS = ["hasPreviousPage", "startCursor"];

/** Each end of the joined list is that of the page there. */
function joinedInfo(
  existing: StoredPage["pageInfo"],
  incoming: StoredPage["pageInfo"],
  names: readonly string[],
): StoredPage["pageInfo"] {
  if (existing === undefined || incoming === undefined) return incoming ?? existing;
  const told = Object.entries(incoming).filter(([name]) => names.includes(name) || !(name in existing));
  return { ...existing, ...Object.fromEntries(told) };
}
