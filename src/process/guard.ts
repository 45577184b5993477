/** What a callback does not catch itself. */
export type GuardFault = (error: unknown, what: string) => void;

/**
 * Wraps a callback of a socket, a timer or a stream: nothing that it throws, or that its promise rejects with, leaves it. What happened is
 * told, and the one thing that the callback belongs to is closed; everything else goes on.
 */
export type Guard = <Args extends readonly unknown[]>(
  /** What was being done, for the log; no text of clients. */
  what: string,
  callback: (...args: Args) => unknown,
  close?: () => void,
) => (...args: Args) => void;

export function createGuard(told: GuardFault): Guard {
  return (what, callback, close) => {
    const failed = (error: unknown): void => {
      told(error, what);
      try {
        close?.();
      } catch (second) {
        told(second, `${what}, while it was closed`);
      }
    };
    return (...args) => {
      try {
        const result = callback(...args);
        if (result instanceof Promise) result.catch(failed);
      } catch (error) {
        failed(error);
      }
    };
  };
}
