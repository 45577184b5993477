import { ApolloClient, ApolloLink, InMemoryCache } from "@apollo/client";
import { createOpenLinesClient } from "bitrix24-open-channels-client";
import { createOpenLinesLink, possibleTypes, typePolicies } from "bitrix24-open-channels-client/apollo";
import { createDesk, type Desk } from "bitrix24-open-channels-client/desk";
import { createFileOutbox, type FileOutbox } from "../conversation/file-outbox.ts";
import { type AskAnew, createAskAnew } from "./ask-anew.ts";
import type { Person } from "./settings.ts";

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
  readonly askAnew: AskAnew["askAnew"];
  readonly files: FileOutbox;
  close(): void;
}

/** Connects as somebody; for somebody else close it and connect anew. */
export function connect(url: string, { name, key }: Person): Connected {
  const client = createOpenLinesClient({ url, identity: { apiKey: key }, storage: sessionStorage });
  // What one person began to write is not put into another's mouth.
  const desk = createDesk(client, { storage: sessionStorage, person: name });
  const { link, askAnew } = createAskAnew();
  const apollo = new ApolloClient({
    cache: new InMemoryCache({ possibleTypes, typePolicies }),
    link: ApolloLink.from([link, createOpenLinesLink(client)]),
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
    askAnew,
    files: createFileOutbox(apollo),
    close() {
      desk.close();
      apollo.stop();
    },
  };
}
