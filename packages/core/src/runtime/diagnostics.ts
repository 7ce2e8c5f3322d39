/** A channel of `node:diagnostics_channel`, as far as core uses it. */
export interface DiagnosticsChannel {
  /** False: nothing is published. */
  readonly hasSubscribers: boolean;
  /** Hands a message to all subscribers, at once. */
  publish(message: unknown): void;
}

/** The channels that requests are published to. */
export interface Diagnostics {
  /** `cosup:request:start` */
  readonly start: DiagnosticsChannel;
  /** `cosup:request:end` */
  readonly end: DiagnosticsChannel;
  /** `cosup:request:error` */
  readonly error: DiagnosticsChannel;
  /** `cosup:retry` */
  readonly retry: DiagnosticsChannel;
}

/** @param channel `channel` of `node:diagnostics_channel` */
export function diagnosticsOf(channel: (name: string) => DiagnosticsChannel): Diagnostics {
  return {
    start: channel("cosup:request:start"),
    end: channel("cosup:request:end"),
    error: channel("cosup:request:error"),
    retry: channel("cosup:retry"),
  };
}
