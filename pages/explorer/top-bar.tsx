import { rememberChoice } from "../shared/explorer-choice.ts";
import type { Person } from "../shared/page-settings.ts";
import { type Cost, costText } from "./cost.ts";

interface TopBarProps {
  readonly people: readonly Person[];
  readonly apiKey: string;
  readonly onApiKey: (key: string) => void;
  readonly cost: Cost | undefined;
  readonly sandboxIsUnreachable: boolean;
}

/** Who one is, what the last operation cost, and the way to the other pages. */
export function TopBar({ people, apiKey, onApiKey, cost, sandboxIsUnreachable }: TopBarProps) {
  return (
    <header className="top-bar">
      <h1>
        <a className="home" href="/">
          Open Channels
        </a>
      </h1>
      <Identity people={people} apiKey={apiKey} onApiKey={onApiKey} />
      <output className="cost">{cost === undefined ? "" : costText(cost)}</output>
      <nav>
        {people.length > 0 && <a href="/inbox">Inbox</a>}
        <a href="/docs">Guides</a>
        <a href="/docs/schema">Schema</a>
        <a href="/graphql" onClick={() => rememberChoice("sandbox")}>
          Apollo Sandbox
        </a>
      </nav>
      {sandboxIsUnreachable && (
        <p className="notice" role="status">
          Apollo Sandbox could not be loaded from Apollo's servers, so this is the gateway's own explorer.
        </p>
      )}
    </header>
  );
}

function Identity({ people, apiKey, onApiKey }: Pick<TopBarProps, "people" | "apiKey" | "onApiKey">) {
  if (people.length > 0) {
    return (
      <label>
        Acting as{" "}
        <select value={apiKey} onChange={({ target }) => onApiKey(target.value)}>
          {people.map(({ name, key }) => (
            <option key={key} value={key}>
              {name}
            </option>
          ))}
        </select>
      </label>
    );
  }
  return (
    <label>
      API key{" "}
      <input
        type="password"
        autoComplete="off"
        placeholder="none"
        defaultValue={apiKey}
        onBlur={({ target }) => onApiKey(target.value.trim())}
        onKeyDown={(event) => event.key === "Enter" && event.currentTarget.blur()}
      />
    </label>
  );
}
