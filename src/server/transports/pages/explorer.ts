import type { ApolloServerPlugin } from "@apollo/server";
import { ApolloServerPluginLandingPageDisabled } from "@apollo/server/plugin/disabled";
import { ApolloServerPluginLandingPageLocalDefault } from "@apollo/server/plugin/landingPage/default";

export interface ExplorerOptions {
  readonly enabled: boolean;
  /** Filled into the explorer's headers for whoever opens the page. */
  readonly apiKey: string | undefined;
}

/** What the explorer shows first: who one is, and what waits in the inbox. */
export const FIRST_OPERATION = `# Everything in this schema is described: point at a field, or search for a REST method's name.
query FirstLook {
  viewer {
    user {
      name
    }
  }
  inbox(first: 10) {
    nodes {
      id
      title
      state
      line {
        name
      }
      operator {
        name
      }
    }
  }
}
`;

/** Apollo Sandbox, embedded, for a browser that opens the GraphQL address; nothing when the explorer is off. */
export function explorerPlugin({ enabled, apiKey }: ExplorerOptions): ApolloServerPlugin {
  if (!enabled) return ApolloServerPluginLandingPageDisabled();
  return ApolloServerPluginLandingPageLocalDefault({
    embed: { runTelemetry: false },
    document: FIRST_OPERATION,
    ...(apiKey === undefined ? {} : { headers: { "X-Api-Key": apiKey } }),
  });
}
