import { ApolloClient, InMemoryCache } from "@apollo/client";
import { createOpenLinesClient } from "bitrix24-open-channels-client";
import { createOpenLinesLink, possibleTypes, typePolicies } from "bitrix24-open-channels-client/apollo";
import { createDesk, type Desk } from "bitrix24-open-channels-client/desk";

declare module "@apollo/client" {
  namespace ApolloClient {
    namespace DeclareDefaultOptions {
      interface WatchQuery {
        errorPolicy: "all";
      }
      interface Query {
        errorPolicy: "all";
      }
      interface Mutate {
        errorPolicy: "all";
      }
    }
  }
}

/** What one person works with. */
export interface Connected {
  readonly desk: Desk;
  readonly apollo: ApolloClient;
  close(): void;
}

/** Connects as somebody; for somebody else close it and connect anew. */
export function connect(url: string, apiKey: string): Connected {
  const client = createOpenLinesClient({ url, identity: { apiKey }, storage: sessionStorage });
  const desk = createDesk(client, { storage: sessionStorage });
  const apollo = new ApolloClient({
    cache: new InMemoryCache({ possibleTypes, typePolicies }),
    link: createOpenLinesLink(client),
    // A part that failed is shown as missing, the rest of the answer as it is.
    defaultOptions: {
      watchQuery: { errorPolicy: "all" },
      query: { errorPolicy: "all" },
      mutate: { errorPolicy: "all" },
    },
  });
  return {
    desk,
    apollo,
    close() {
      desk.close();
      apollo.stop();
    },
  };
}
