import { ApolloProvider } from "@apollo/client/react";
import { OpenLinesProvider } from "bitrix24-open-channels-client/react";
import type { ReactNode } from "react";
import { FileOutboxProvider } from "../conversation/use-files.ts";
import { AskAnewProvider } from "./ask-anew.ts";
import type { Connected } from "./connect.ts";

interface ConnectedProviderProps {
  readonly connected: Connected;
  readonly children: ReactNode;
}

/** Gives what one person works with to all below. */
export function ConnectedProvider({ connected, children }: ConnectedProviderProps) {
  const { apollo, askAnew, files, desk } = connected;
  return (
    <ApolloProvider client={apollo}>
      <AskAnewProvider value={askAnew}>
        <FileOutboxProvider value={files}>
          <OpenLinesProvider desk={desk}>{children}</OpenLinesProvider>
        </FileOutboxProvider>
      </AskAnewProvider>
    </ApolloProvider>
  );
}
