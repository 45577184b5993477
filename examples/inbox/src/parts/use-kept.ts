import { useState } from "react";

/** A choice that the browser remembers. */
export function useKept(name: string): readonly [string | null, (value: string) => void] {
  const [value, setValue] = useState(() => localStorage.getItem(name));
  return [
    value,
    (next) => {
      localStorage.setItem(name, next);
      setValue(next);
    },
  ];
}
