import { describeWithSpin } from '@coaio/promela';

describeWithSpin(
  'the wake list: each claim is one turn of what was claimed',
  new URL('../models/wake-list.promela', import.meta.url),
);
