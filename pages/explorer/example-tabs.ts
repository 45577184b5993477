const FILES: Readonly<Record<string, string>> = import.meta.glob("../../examples/operations/*.graphql", {
  query: "?raw",
  import: "default",
  eager: true,
});

/** The order in which a person would come to them; what is not named comes last. */
const ORDER = ["viewer", "chats", "operator-work", "messages", "sessions", "live-events", "open-lines"];

/** The first operation, and then a tab for each theme of the examples. */
export function exampleTabs(firstOperation: string): { query: string }[] {
  const themes = Object.entries(FILES).map(([path, query]) => ({ theme: themeOf(path), query }));
  themes.sort((a, b) => rank(a.theme) - rank(b.theme) || a.theme.localeCompare(b.theme));
  return [firstOperation, ...themes.map(({ query }) => query)].map((query) => ({ query }));
}

function themeOf(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1).replace(/\.graphql$/, "");
}

function rank(theme: string): number {
  const place = ORDER.indexOf(theme);
  return place === -1 ? ORDER.length : place;
}
