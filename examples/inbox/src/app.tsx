import { lazy, Suspense, useEffect, useState } from "react";
import { type Connected, connect } from "./gateway/connect.ts";
import { ConnectedProvider } from "./gateway/connected-provider.tsx";
import { keepPerson, keptPerson } from "./gateway/kept-person.ts";
import { type GatewaySettings, loadSettings, type Person } from "./gateway/settings.ts";
import { InboxPage } from "./inbox-page.tsx";
import { Boundary } from "./parts/boundary.tsx";
import { Failure } from "./parts/failure.tsx";
import { useRoute } from "./route.ts";
import { TopBar } from "./top-bar/top-bar.tsx";
import { useWords } from "./words/language.tsx";

/** Most people never open it. */
const SupervisorPage = lazy(async () => ({
  default: (await import("./supervisor/supervisor-page.tsx")).SupervisorPage,
}));

export function App() {
  const words = useWords();
  const [settings, setSettings] = useState<GatewaySettings>();
  const [problem, setProblem] = useState<Error>();
  useEffect(() => {
    loadSettings().then(setSettings, setProblem);
  }, []);

  if (problem !== undefined) {
    return (
      <main>
        <Failure text={words.failedToStart} onRetry={() => location.reload()} />
      </main>
    );
  }
  return settings === undefined ? null : <SignedIn settings={settings} />;
}

function SignedIn({ settings: { graphqlPath, people } }: { readonly settings: GatewaySettings }) {
  const [person, setPerson] = useState(() => keptPerson(people));
  const connected = useConnected(graphqlPath, person);
  const route = useRoute();
  if (connected === undefined || person === undefined) return null;
  const change = (next: Person) => {
    keepPerson(next);
    setPerson(next);
  };
  return (
    <ConnectedProvider connected={connected} key={person.key}>
      <TopBar page={route.page} people={people} person={person} onPerson={change} />
      <Boundary key={route.page}>
        {route.page === "inbox" ? (
          <InboxPage chatId={route.chatId} />
        ) : (
          <Suspense>
            <SupervisorPage view={route.view} sessionId={route.sessionId} />
          </Suspense>
        )}
      </Boundary>
    </ConnectedProvider>
  );
}

/** Connects as a person; closes what belongs to the one before. */
function useConnected(url: string, person: Person | undefined): Connected | undefined {
  const [connected, setConnected] = useState<Connected>();
  useEffect(() => {
    if (person === undefined) return;
    const opened = connect(url, person);
    setConnected(opened);
    return () => {
      setConnected(undefined);
      opened.close();
    };
  }, [url, person]);
  return connected;
}
