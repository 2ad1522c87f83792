import { LocalShared } from './local-shared.js';

/** This thread's. */
export const localChannels = new LocalShared<unknown>();
