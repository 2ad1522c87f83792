// What a layer's cases are is its package's affair: they are those of its own `bench` script, and become part of our build.
import type { Group } from '@coaio/by-turns';
import { callbackGroups } from '../../../../packages/aio-context/bench/callbacks.mjs';
import { wakeGroups } from '../../../../packages/aio-context/bench/cross-thread-wake.mjs';
import { mutexGroups } from '../../../../packages/co-mutex/bench/mutexes.mjs';
import { rwlockGroups } from '../../../../packages/co-mutex/bench/rwlocks.mjs';
import { sharedMutexGroups } from '../../../../packages/co-mutex/bench/shared-mutexes.mjs';
import { coQueueGroups } from '../../../../packages/co-queue/bench/restart-all.mjs';
import { coroutineGroups } from '../../../../packages/coroutine/bench/life-and-yield.mjs';
import { replyFormGroups } from '../../../../packages/nbd-client/bench/reply-forms.mjs';
import { requestGroups } from '../../../../packages/nbd-client/bench/requests.mjs';
import { socketEchoGroups } from '../../../../packages/qio-channel/bench/socket-echo.mjs';

export const LAYER_NAMES = [
  'coroutine',
  'co-queue',
  'aio-context',
  'co-mutex',
  'qio-channel',
  'nbd-client',
] as const;
export type LayerName = (typeof LAYER_NAMES)[number];

/** In the order of measuring. First those that need one thread: from the first second thread on contexts have locks to take. */
export const LAYERS: Readonly<Record<LayerName, readonly Group[]>> = {
  coroutine: coroutineGroups,
  'co-queue': coQueueGroups,
  'aio-context': [
    ...callbackGroups,
    ...wakeGroups({
      answersUrl: new URL('./answers.js', import.meta.url),
      echoUrl: new URL('./echo-messages.js', import.meta.url),
    }),
  ],
  'co-mutex': [
    ...mutexGroups,
    ...rwlockGroups,
    ...sharedMutexGroups(new URL('./contend.js', import.meta.url)),
  ],
  'qio-channel': socketEchoGroups(new URL('./serve-echo.js', import.meta.url)),
  'nbd-client': [...requestGroups, ...replyFormGroups],
};
