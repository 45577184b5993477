import { explorerPlugin } from "@graphiql/plugin-explorer";
import { createGraphiQLFetcher } from "@graphiql/toolkit";
import { GraphiQL } from "graphiql";
import { useEffect, useMemo, useState } from "react";
import type { PageSettings } from "../shared/page-settings.ts";
import { type Cost, costOf } from "./cost.ts";
import { withCurrentDocument } from "./current-document.ts";
import { exampleTabs } from "./example-tabs.ts";
import { type Introspection, withMethodLinks } from "./method-links.ts";
import { createResumingClient } from "./resuming-client.ts";
import { keepSessionKey, sessionKey } from "./session-key.ts";
import { TopBar } from "./top-bar.tsx";

const BUILDER = explorerPlugin();
const SCHEMA_ADDRESSES = ["/schema.json", "/schema.graphql"];

interface ExplorerProps {
  readonly settings: PageSettings;
  readonly sandboxIsUnreachable: boolean;
}

export function Explorer({ settings, sandboxIsUnreachable }: ExplorerProps) {
  const { people } = settings;
  const [apiKey, setApiKey] = useState(() => firstKey(settings));
  const [cost, setCost] = useState<Cost>();
  const tabs = useMemo(() => exampleTabs(settings.firstOperation), [settings]);
  const connection = useMemo(() => connect(settings.graphqlPath, apiKey, setCost), [settings, apiKey]);
  useEffect(() => () => connection.dispose(), [connection]);

  const changeKey = (key: string) => {
    keepSessionKey(key);
    setApiKey(key);
  };
  return (
    <>
      <TopBar {...{ people, apiKey, cost, sandboxIsUnreachable }} onApiKey={changeKey} />
      <main>
        <GraphiQL fetcher={connection.fetcher} plugins={[BUILDER]} defaultTabs={tabs}>
          <GraphiQL.Logo> </GraphiQL.Logo>
        </GraphiQL>
      </main>
    </>
  );
}

/** The key of this session, unless it belongs to people who are gone. */
function firstKey({ people }: PageSettings): string {
  const kept = sessionKey();
  if (people.length === 0) return kept ?? "";
  return people.some(({ key }) => key === kept) ? (kept ?? "") : (people[0]?.key ?? "");
}

function connect(path: string, apiKey: string, onCost: (cost: Cost) => void) {
  const address = new URL(path, location.href);
  const headers: Record<string, string> = apiKey === "" ? {} : { "x-api-key": apiKey };
  const tell = (answer: unknown) => {
    const cost = costOf(answer);
    if (cost !== undefined) onCost(cost);
  };
  const client = createResumingClient(address.href.replace(/^http/, "ws"), () => headers, tell);
  const fetcher = createGraphiQLFetcher({
    url: address.href,
    headers,
    wsClient: client,
    schemaFetcher: () => readSchema(headers),
    fetch: async (...request: Parameters<typeof fetch>) => {
      const response = await fetch(...request);
      tell(
        await response
          .clone()
          .json()
          .catch(() => undefined),
      );
      return response;
    },
  });
  return { fetcher: withCurrentDocument(fetcher), dispose: () => void client.dispose() };
}

/** The same that an introspection query tells, compressed, and not sent again to a browser that has it; with links to the methods. */
async function readSchema(headers: Readonly<Record<string, string>>): Promise<Introspection> {
  const [introspection, sdl] = await Promise.all(SCHEMA_ADDRESSES.map((address) => fetch(address, { headers })));
  if (!introspection?.ok || !sdl?.ok) return introspection?.json();
  return withMethodLinks(await introspection.text(), await sdl.text());
}
