import { describeWithSpin } from '@coaio/promela';

describeWithSpin(
  'the doorbell: no wake is lost, and one is rung once',
  new URL('../models/doorbell.promela', import.meta.url),
);
