import { getMainAioContext } from '@coaio/aio-context';

getMainAioContext()
  .createBottomHalf(() => process.stdout.write('held the process open'))
  .scheduleIdle();
