import type { WarningCallback } from "@cosup/core";
import { corsRule } from "./cors-rule.ts";

/** Adds to the warning of an unverified object what is most often the reason in a browser: the checksum is hidden from it. */
export function withCorsHint<P extends { readonly onWarning?: WarningCallback | undefined }>(
  parameters: P,
): P {
  const { onWarning } = parameters ?? {};
  if (typeof onWarning !== "function") return parameters;
  return {
    ...parameters,
    onWarning: (warning) => {
      const hidden = warning.code === "unverified";
      onWarning(hidden ? { ...warning, message: `${warning.message}; ${corsRule()}` } : warning);
    },
  };
}
