import { expect, test } from "vitest";
import { CoreLender } from "../src/core-lender.ts";

let made = 0;
const create = async (): Promise<object> => {
  made += 1;
  return { made };
};

test("all that a client does at once shares one core, and the next client gets it", async () => {
  const [first, second] = [new CoreLender(), new CoreLender()];
  let core: object | undefined;
  await Promise.all([
    first.during(async () => {
      core = await first.lend(64, create);
    }),
    first.during(async () => {
      expect(await first.lend(64, create)).toBe(core ?? (await first.lend(64, create)));
    }),
  ]);
  await second.during(async () => {
    expect(await second.lend(64, create)).toBe(core);
  });
});

test("clients that work at the same time have cores of their own", async () => {
  const [first, second] = [new CoreLender(), new CoreLender()];
  await first.during(async () => {
    const core = await first.lend(128, create);
    await second.during(async () => {
      expect(await second.lend(128, create)).not.toBe(core);
    });
  });
});

test("a core of another size is not lent", async () => {
  const [first, second] = [new CoreLender(), new CoreLender()];
  const small = await first.during(() => first.lend(256, create));
  expect(await second.during(() => second.lend(512, create))).not.toBe(small);
});

test("a core that could not be made is tried again", async () => {
  const lender = new CoreLender();
  const fails = lender.during(() => lender.lend(1024, () => Promise.reject(new Error("no memory"))));
  await expect(fails).rejects.toThrow("no memory");
  expect(await lender.during(() => lender.lend(1024, create))).toBeDefined();
});
