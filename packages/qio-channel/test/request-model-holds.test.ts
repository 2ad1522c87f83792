import { describeWithSpin } from '@coaio/promela';

describeWithSpin(
  'a request to the thread of a shared channel: its own answer, and nobody waits for ever',
  new URL('../models/request.promela', import.meta.url),
);
