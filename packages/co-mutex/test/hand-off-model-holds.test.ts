import { describeWithSpin } from '@coaio/promela';

describeWithSpin(
  'the lock that threads hand on: fair, and nobody hangs',
  new URL('../models/hand-off.promela', import.meta.url),
);
