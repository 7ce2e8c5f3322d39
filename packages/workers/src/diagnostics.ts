import { type Diagnostics, type DiagnosticsChannel, diagnosticsOf } from "@cosup/core/runtime";

/** What Workers have of Node with the flag `nodejs_compat`. */
interface NodeGlobals {
  readonly process?: {
    getBuiltinModule?(name: string): { channel?(name: string): DiagnosticsChannel } | undefined;
  };
}

/** The channels of `node:diagnostics_channel`; undefined without `nodejs_compat`, where an import of it would fail. */
export function diagnostics(): Diagnostics | undefined {
  const { process } = globalThis as NodeGlobals;
  const { channel } = process?.getBuiltinModule?.("node:diagnostics_channel") ?? {};
  return channel === undefined ? undefined : diagnosticsOf(channel);
}
