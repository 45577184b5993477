/** What a callback does not catch itself. */
export type FaultListener = (error: unknown, what: string) => void;

const listeners = new Set<FaultListener>();

/** Is told of every fault that is kept from ending the process; ends with the function that is returned. */
export function onFault(listener: FaultListener): () => void {
  listeners.add(listener);
  return () => {
    listeners.delete(listener);
  };
}

/**
 * Wraps a callback of a socket, a timer, a signal or a stream: nothing that it throws, or that its promise rejects with, leaves it. What
 * happened is told, and the one thing that the callback belongs to is closed; everything else goes on.
 * @param what was being done, for the log; no text of clients
 */
export function guard<Args extends readonly unknown[]>(
  what: string,
  callback: (...args: Args) => unknown,
  close?: () => void,
): (...args: Args) => void {
  return (...args) => {
    try {
      const result = callback(...args);
      if (result instanceof Promise) result.catch((error: unknown) => failed(error, what, close));
    } catch (error) {
      failed(error, what, close);
    }
  };
}

function failed(error: unknown, what: string, close: (() => void) | undefined): void {
  tell(error, what);
  try {
    close?.();
  } catch (second) {
    tell(second, `${what}, while it was closed`);
  }
}

/** Begins something that nobody waits for. */
export function inBackground(what: string, begin: () => unknown): void {
  guard(what, begin)();
}

function tell(error: unknown, what: string): void {
  if (listeners.size === 0) process.emitWarning(error instanceof Error ? error : String(error), { detail: what });
  for (const listener of [...listeners]) {
    try {
      listener(error, what);
    } catch {
      // A log that cannot be written must not end what the guard has kept alive.
    }
  }
}
