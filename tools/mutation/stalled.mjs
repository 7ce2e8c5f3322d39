// Detects that nothing can wake a test any more: a promise that a mutant never settles.

const EVERY_MS = 250;
const CHECKS = 16;
/** What the process has while it waits for Stryker. */
const IDLE = new Set(["PipeWrap", "Pipe", "TTYWrap"]);

/** Resolves to undefined when the process has been idle, without timers or input of its own, for four seconds. */
export function stalled() {
  let idle = 0;
  let before = performance.eventLoopUtilization();
  let stop = () => {};
  const promise = new Promise((resolve) => {
    // An unreferenced timer does not count as a resource.
    const timer = setInterval(() => {
      const now = performance.eventLoopUtilization();
      const { active } = performance.eventLoopUtilization(now, before);
      before = now;
      const others = process.getActiveResourcesInfo().filter((name) => !IDLE.has(name));
      idle = others.length === 0 && active < EVERY_MS / 10 ? idle + 1 : 0;
      if (idle >= CHECKS) resolve(undefined);
    }, EVERY_MS).unref();
    stop = () => clearInterval(timer);
  });
  return { promise, stop: () => stop() };
}
