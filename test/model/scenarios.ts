import type { Bounds } from "./state.ts";
import type { Task } from "./writer.ts";

const TASK: Task = {
  kind: "multipart",
  headers: "asked",
  laterHeaders: "asked",
  forbid: false,
  checkpoints: false,
};
const ACL = { headers: "asked-acl", laterHeaders: "asked-acl" } as const;

/** The task of our writer. The calls of a `resume` keep a checkpoint. */
export const SCENARIOS: Readonly<Record<string, Task>> = {
  put: { ...TASK, kind: "put" },
  "put, ForbidOverwrite": { ...TASK, kind: "put", forbid: true },
  "put with an ACL, ForbidOverwrite": { ...TASK, ...ACL, kind: "put", forbid: true },
  multipart: TASK,
  "multipart, ForbidOverwrite": { ...TASK, forbid: true },
  "multipart with an ACL": { ...TASK, ...ACL },
  append: { ...TASK, kind: "append" },
  resume: { ...TASK, checkpoints: true },
  "resume, ForbidOverwrite": { ...TASK, checkpoints: true, forbid: true },
  "resume with an ACL": { ...TASK, ...ACL, checkpoints: true },
  "resume that asks for an ACL only now": { ...TASK, laterHeaders: "asked-acl", checkpoints: true },
};

/** `small` is what `npm test` visits. */
export const BOUNDS: Readonly<Record<"small" | "large", (task: Task) => Bounds>> = {
  small: ({ kind, checkpoints }) => {
    if (kind !== "multipart") return { faults: 2, actions: 2, crashes: 1, calls: 2 };
    return checkpoints
      ? { faults: 1, actions: 2, crashes: 1, calls: 2 }
      : { faults: 2, actions: 2, crashes: 0, calls: 1 };
  },
  large: ({ kind }) =>
    kind === "multipart"
      ? { faults: 2, actions: 2, crashes: 1, calls: 2 }
      : { faults: 3, actions: 2, crashes: 1, calls: 2 },
};
