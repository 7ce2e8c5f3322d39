import { expect, test } from "vitest";
import { DigestCorePool } from "../src/digest-core-pool.ts";

let made = 0;
/** Runs a call of the client that has the pool. */
async function use<T>(cores: DigestCorePool, call: () => Promise<T>): Promise<T> {
  const ended = cores.beginCall();
  try {
    return await call();
  } finally {
    ended();
  }
}

const create = async (): Promise<object> => {
  made += 1;
  return { made };
};

test("all that a client does at once shares one core, and the next client gets it", async () => {
  const [first, second] = [new DigestCorePool(), new DigestCorePool()];
  let core: object | undefined;
  await Promise.all([
    use(first, async () => {
      core = await first.acquire(64, create);
    }),
    use(first, async () => {
      expect(await first.acquire(64, create)).toBe(core ?? (await first.acquire(64, create)));
    }),
  ]);
  await use(second, async () => {
    expect(await second.acquire(64, create)).toBe(core);
  });
});

test("clients that work at the same time have cores of their own", async () => {
  const [first, second] = [new DigestCorePool(), new DigestCorePool()];
  await use(first, async () => {
    const core = await first.acquire(128, create);
    await use(second, async () => {
      expect(await second.acquire(128, create)).not.toBe(core);
    });
  });
});

test("a core of another size is not lent", async () => {
  const [first, second] = [new DigestCorePool(), new DigestCorePool()];
  const small = await use(first, () => first.acquire(256, create));
  expect(await use(second, () => second.acquire(512, create))).not.toBe(small);
});

test("a core that could not be made is tried again", async () => {
  const cores = new DigestCorePool();
  const fails = use(cores, () => cores.acquire(1024, () => Promise.reject(new Error("no memory"))));
  await expect(fails).rejects.toThrow("no memory");
  expect(await use(cores, () => cores.acquire(1024, create))).toBeDefined();
});
