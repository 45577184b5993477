/** What the gateway tells its pages. */
export interface GatewaySettings {
  /** Path of the API. */
  readonly graphqlPath: string;
  /** As whom one can act here without signing in: the people of the demo. An application of your own signs people in instead. */
  readonly people: readonly Person[];
}

export interface Person {
  readonly name: string;
  readonly key: string;
}

/** Asks the gateway that served this page. */
export async function loadSettings(): Promise<GatewaySettings> {
  const response = await fetch("/pages/settings.json");
  if (!response.ok) throw new Error(`The gateway answered ${response.status}.`);
  return readSettings(await response.json());
}

function readSettings(value: unknown): GatewaySettings {
  const { graphqlPath, people } = record(value);
  return {
    graphqlPath: text(graphqlPath),
    people: Array.isArray(people)
      ? people.map(record).map(({ name, key }) => ({ name: text(name), key: text(key) }))
      : [],
  };
}

function record(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null ? { ...value } : {};
}

function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}
