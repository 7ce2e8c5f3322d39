import { expect } from "vitest";
import type { AppendObjectParameters } from "../../src/transfers/append-parameters.ts";
import { Appendable, type AppendFault } from "./appendable.ts";
import { Bucket, clientOf, Key } from "./client.ts";
import { pattern } from "./random.ts";
import { VirtualClock } from "./virtual-clock.ts";
import { fakeWire } from "./wire.ts";

export const DATA = pattern(3000);

export function appendRig(faults: readonly AppendFault[] = [], before = 0) {
  const clock = new VirtualClock();
  const object = new Appendable(faults);
  if (before > 0) object.grow(pattern(before, 9));
  const wire = fakeWire(clock, object.respond);
  const cos = clientOf(wire.runtime, clock);
  const append = (more: Partial<AppendObjectParameters> = {}) =>
    clock.run(cos.appendObject({ Bucket, Key, Position: before, Data: DATA, ...more }));
  const methods = (): string[] => wire.sent.map(({ method }) => method);
  return { clock, object, wire, append, methods };
}

export function expectAppended(object: Appendable, before: number): void {
  expect(Buffer.compare(object.bytes.subarray(before), DATA)).toBe(0);
}
