import { type ShallowRef, shallowRef, watch } from "vue";
import type { Watched } from "../desk/store.ts";

/** Opens, and opens another in its place when what it depends on changes. */
export function useOpened<Value, Opened extends Watched<Value> & { close(): void }>(
  open: () => Opened,
  dependsOn: () => unknown,
  empty: Value,
): { readonly state: ShallowRef<Value>; readonly opened: () => Opened | undefined } {
  const state = shallowRef(empty);
  let opened: Opened | undefined;
  watch(
    () => JSON.stringify(dependsOn()),
    (_now, _before, onCleanup) => {
      const it = open();
      opened = it;
      state.value = it.get();
      const stop = it.subscribe(() => {
        state.value = it.get();
      });
      onCleanup(() => {
        stop();
        it.close();
      });
    },
    { immediate: true },
  );
  return { state, opened: () => opened };
}
