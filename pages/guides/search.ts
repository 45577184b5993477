/** What is found: a heading of a guide, or a type of the schema. */
export interface SearchEntry {
  readonly href: string;
  readonly title: string;
  readonly heading: string;
  readonly text: string;
}

const MOST_FOUND = 12;

/** Entries that hold every word, those first that hold them in their heading. */
export function search(entries: readonly SearchEntry[], query: string): readonly SearchEntry[] {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return [];
  return entries
    .map((entry) => ({ entry, rank: rankOf(entry, words) }))
    .filter(({ rank }) => rank > 0)
    .sort((a, b) => b.rank - a.rank)
    .slice(0, MOST_FOUND)
    .map(({ entry }) => entry);
}

function rankOf({ heading, title, text }: SearchEntry, words: readonly string[]): number {
  const inHeading = heading.toLowerCase();
  const inAll = `${title} ${heading} ${text}`.toLowerCase();
  if (!words.every((word) => inAll.includes(word))) return 0;
  const hits = words.filter((word) => inHeading.includes(word)).length;
  return 1 + hits * 2 + (inHeading === words.join(" ") ? 10 : 0);
}
