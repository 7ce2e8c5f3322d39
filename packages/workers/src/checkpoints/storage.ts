/**
 * The methods of a Durable Object's storage that checkpoints use. `DurableObjectStorage` has them, with either backend.
 */
export interface CheckpointStorage {
  get(key: string): Promise<unknown>;
  get(keys: string[]): Promise<Map<string, unknown>>;
  put(entries: Record<string, unknown>): Promise<void>;
  delete(keys: string[]): Promise<number>;
}
