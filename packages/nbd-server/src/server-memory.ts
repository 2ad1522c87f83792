import type { FreeMemory } from './free-memory.js';
import type { TotalInFlight } from './total-in-flight.js';

/** What all connections of a server share. */
export interface ServerMemory {
  readonly total: TotalInFlight;
  readonly free: FreeMemory;
}
