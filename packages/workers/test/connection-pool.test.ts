import { expect, test } from "vitest";
import { ConnectionPool } from "../src/connection-pool.ts";

const forever = new AbortController().signal;

test("lets so many in, the others in the order they came", async () => {
  const pool = new ConnectionPool(2);
  const order: string[] = [];
  const enter = async (name: string): Promise<() => void> => {
    const leave = await pool.acquire(forever);
    order.push(name);
    return leave;
  };
  const [first] = await Promise.all([enter("a"), enter("b")]);
  const waiting = [enter("c"), enter("d")];
  await Promise.resolve();
  expect(order).toEqual(["a", "b"]);
  first?.();
  const third = await waiting[0];
  expect(order).toEqual(["a", "b", "c"]);
  third?.();
  await waiting[1];
  expect(order).toEqual(["a", "b", "c", "d"]);
  expect(pool.highWater).toBe(2);
});

test("a connection given back twice is free once", async () => {
  const pool = new ConnectionPool(1);
  const leave = await pool.acquire(forever);
  leave();
  leave();
  await pool.acquire(forever);
  let entered = false;
  void pool.acquire(forever).then(() => {
    entered = true;
  });
  await new Promise((resolve) => setTimeout(resolve, 5));
  expect(entered).toBe(false);
});

test("who aborts while waiting leaves the queue with the signal's own reason", async () => {
  const pool = new ConnectionPool(1);
  const leave = await pool.acquire(forever);
  const controller = new AbortController();
  const waiting = pool.acquire(controller.signal);
  const behind = pool.acquire(forever);
  controller.abort(new Error("enough"));
  await expect(waiting).rejects.toThrow("enough");
  leave();
  expect(typeof (await behind)).toBe("function");
  await expect(pool.acquire(AbortSignal.abort(new Error("late")))).rejects.toThrow("late");
});
