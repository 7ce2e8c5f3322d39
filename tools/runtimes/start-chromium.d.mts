/** The path of Debian's package. */
export declare const CHROMIUM: string;
export declare function chromiumFlags(hosts?: readonly string[]): string[];
export declare function chromiumEnvironment(home: string): Record<string, string>;
export declare function startChromium(
  url: string,
  onEnd: (error: Error) => void,
  hosts?: readonly string[],
): Promise<{ stop(): Promise<void> }>;
