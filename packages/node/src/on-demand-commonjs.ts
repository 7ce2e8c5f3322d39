/**
 * Takes the place of `on-demand.ts` in the CommonJS build, where `load` requires the file. Node forgets a module that
 * failed to load, so a repetition needs no other name.
 */
export function onDemand<T>(load: () => Promise<T>): () => Promise<T> {
  let loading: Promise<T> | undefined;
  return () => {
    loading ??= load().catch((error: unknown) => {
      loading = undefined;
      throw error;
    });
    return loading;
  };
}
