import type { CheckpointLock } from "@cosup/core/runtime";

/**
 * Takes a lock of the page's origin, in all its tabs and workers; undefined while another upload holds it. The browser
 * releases it when the tab ends.
 */
export function takeWebLock(name: string): Promise<CheckpointLock | undefined> {
  return new Promise((resolve, reject) => {
    const held = navigator.locks.request(name, { ifAvailable: true }, (lock) => {
      if (lock === null) {
        resolve(undefined);
        return undefined;
      }
      // The browser holds the lock until this promise settles.
      return new Promise<void>((free) => {
        resolve({
          release: async () => {
            free();
            await held;
          },
        });
      });
    });
    held.catch(reject);
  });
}
