import { expect, test } from "vitest";
import type { RequestRow, RunningRow } from "../src/data.ts";
import { MAX_PARTS, PartState, PartStates } from "../src/part-states.ts";

const request = (partNumber: number, more: Partial<RequestRow> = {}): RequestRow => ({
  at: 0,
  requestId: "id",
  method: "PUT",
  operation: "UploadPart",
  partNumber,
  requestBytes: 10,
  faults: [],
  durationMs: 1,
  status: 200,
  ...more,
});
const running = (partNumber: number, received: number, faults: string[] = []): RunningRow => ({
  ...request(partNumber),
  received,
  faults,
});

test("a part arrives, fails, and is stored by a retry", () => {
  const states = new PartStates();
  states.running([running(3, 5)]);
  expect(states.part(3)).toMatchObject({ state: PartState.Arriving, share: 0.5, attempts: 0 });
  states.ended(request(3, { status: "hung-up", faults: ["reset"] }));
  expect(states.part(3)).toMatchObject({ state: PartState.Failed, attempts: 1, faulted: true });
  states.ended(request(3));
  expect(states.part(3)).toMatchObject({ state: PartState.Stored, attempts: 2, faulted: true, share: 1 });
  expect([states.last, states.stored, states.retries]).toEqual([3, 1, 1]);
});

test("a part that is stored stays so when another attempt is refused", () => {
  const states = new PartStates();
  states.load([[1, 10, "0"]]);
  states.ended(request(1, { status: 503 }));
  expect(states.part(1)).toMatchObject({ state: PartState.Stored, attempts: 1 });
});

test("other operations and numbers that no part has change nothing", () => {
  const states = new PartStates();
  states.ended(request(1, { operation: "ListParts" }));
  states.ended(request(0));
  states.ended(request(MAX_PARTS + 1));
  states.running([running(Number.MAX_SAFE_INTEGER, 1)]);
  expect([states.last, states.takeChanged()]).toEqual([0, []]);
});

test("only what has changed is to be drawn", () => {
  const states = new PartStates();
  states.load(Array.from({ length: MAX_PARTS }, (_, index) => [index + 1, 1, "0"] as const));
  expect(states.takeChanged()).toHaveLength(MAX_PARTS);
  states.ended(request(7));
  states.running([running(9, 1), running(9, 2)]);
  expect(states.takeChanged()).toEqual([7, 9]);
  expect(states.takeChanged()).toEqual([]);
});
