/** Calls a function once, some time after the first of many calls. */
export function coalesced(work: () => void, ms = 200): () => void {
  let waiting = false;
  return () => {
    if (waiting) return;
    waiting = true;
    setTimeout(() => {
      waiting = false;
      work();
    }, ms);
  };
}
