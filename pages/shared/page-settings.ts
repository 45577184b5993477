/** What the gateway tells its explorer pages. */
export interface PageSettings {
  /** Path of the API. */
  readonly graphqlPath: string;
  /** People as whom one can act here without a key of one's own: those of the demo. */
  readonly people: readonly Person[];
  /** The document that is shown first. */
  readonly firstOperation: string;
}

export interface Person {
  readonly name: string;
  readonly key: string;
}

/** Asks the gateway that served this page. */
export async function loadPageSettings(): Promise<PageSettings> {
  const response = await fetch("/pages/settings.json");
  if (!response.ok) throw new Error(`The gateway answered ${response.status} for the settings of this page.`);
  return readSettings(await response.json());
}

function readSettings(value: unknown): PageSettings {
  const settings = record(value);
  const people = Array.isArray(settings.people) ? settings.people.map(record) : [];
  return {
    graphqlPath: text(settings.graphqlPath),
    firstOperation: text(settings.firstOperation),
    people: people.map(({ name, key }) => ({ name: text(name), key: text(key) })),
  };
}

function record(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null ? { ...value } : {};
}

function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}
