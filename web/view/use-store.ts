import { useEffect, useState } from 'preact/hooks';
import type { Store } from '../shop/store.ts';

/** The store's value, drawn anew with each change. */
export function useStore<T extends object>(store: Store<T>): T {
  const [value, setValue] = useState(store.value);
  useEffect(() => {
    // It may have changed between the drawing and this.
    setValue(store.value);
    return store.subscribe(() => setValue(store.value));
  }, [store]);
  return value;
}
