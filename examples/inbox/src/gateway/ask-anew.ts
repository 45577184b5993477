import { ApolloLink } from "@apollo/client";
import { OperationTypeNode } from "graphql";
import { createContext, useContext } from "react";
import { Observable } from "rxjs";

export interface AskAnew {
  /** Through which all operations go. */
  readonly link: ApolloLink;
  /** Gives up the queries of that name which are under way and asks them anew, for all who wait for them. Tells whether there was one. */
  readonly askAnew: (operationName: string) => boolean;
}

/** The gateway notices within that time that nobody waits for the former call any more, which the new one would share with it. */
const NOTICED_MS = 50;

/** Lets a person who does not want to wait for a call that hangs have another one at once. */
export function createAskAnew(): AskAnew {
  const underWay = new Map<string, Set<() => void>>();
  const link = new ApolloLink((operation, forward) => {
    const { operationName = "", operationType } = operation;
    if (operationType !== OperationTypeNode.QUERY) return forward(operation);
    return new Observable((observer) => {
      let timer: ReturnType<typeof setTimeout> | undefined;
      // Not the observer itself, which would end with what is given up.
      const ask = () =>
        forward(operation).subscribe({
          next: (result) => observer.next(result),
          error: (error) => observer.error(error),
          complete: () => observer.complete(),
        });
      let asked = ask();
      const anew = () => {
        clearTimeout(timer);
        asked.unsubscribe();
        timer = setTimeout(() => {
          asked = ask();
        }, NOTICED_MS);
      };
      const ofName = underWay.get(operationName) ?? new Set();
      underWay.set(operationName, ofName.add(anew));
      return () => {
        ofName.delete(anew);
        clearTimeout(timer);
        asked.unsubscribe();
      };
    });
  });
  return {
    link,
    askAnew(operationName) {
      const found = [...(underWay.get(operationName) ?? [])];
      for (const anew of found) anew();
      return found.length > 0;
    },
  };
}

const Context = createContext<AskAnew["askAnew"]>(() => false);

/** Gives it to all below. */
export const AskAnewProvider = Context.Provider;

export function useAskAnew(): AskAnew["askAnew"] {
  return useContext(Context);
}
