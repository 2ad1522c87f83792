import { describeWithSpin } from '@coaio/promela';

describeWithSpin(
  'the descriptor of a shared channel: closed once, and under nobody',
  new URL('../models/descriptor.promela', import.meta.url),
);
