import { explorerPlugin } from "@graphiql/plugin-explorer";
import { createGraphiQLFetcher } from "@graphiql/toolkit";
import { GraphiQL } from "graphiql";
import { useEffect, useMemo, useState } from "react";
import type { PageSettings } from "../shared/page-settings.ts";
import { type Cost, costOf } from "./cost.ts";
import { withCurrentDocument } from "./current-document.ts";
import { exampleTabs } from "./example-tabs.ts";
import { createResumingClient } from "./resuming-client.ts";
import { keepSessionKey, sessionKey } from "./session-key.ts";
import { TopBar } from "./top-bar.tsx";

const BUILDER = explorerPlugin();
const SCHEMA_ADDRESS = "/schema.json";

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
    // The same that an introspection query tells, compressed, and not sent again to a browser that has it.
    schemaFetcher: async () => (await withMethodLinks(await fetch(SCHEMA_ADDRESS, { headers }))).json(),
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

/** Descriptions name the REST methods that a field calls: in the explorer each leads to its row in the table of methods. */
async function withMethodLinks(response: Response): Promise<Response> {
  const text = await response.text();
  const linked = text.replaceAll(/`((?:imopenlines|im)\.[A-Za-z0-9.]+)`/g, "[`$1`](/docs/methods#$1)");
  return new Response(linked, { status: response.status, headers: { "content-type": "application/json" } });
}
