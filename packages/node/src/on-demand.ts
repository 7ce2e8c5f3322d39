/**
 * Loads a file of this package that is not needed at start. Node keeps a failed import for good: once a process had no
 * free descriptor, for example, the same URL fails for ever. Therefore a repetition falls back on another URL of the file.
 * @param load imports the file; a bundler of the user's sees it
 * @param file where the file is, beside the built index.js
 */
export function onDemand<T>(load: () => Promise<T>, file: string): () => Promise<T> {
  let failures = 0;
  let loading: Promise<T> | undefined;
  const again = async (): Promise<T> => {
    try {
      return await load();
    } catch (error) {
      failures += 1;
      if (failures === 1) throw error;
      return await import(new URL(`${file}?${failures}`, import.meta.url).href);
    }
  };
  return () => {
    loading ??= again().catch((error: unknown) => {
      loading = undefined;
      throw error;
    });
    return loading;
  };
}
