import { AioContext, realtimeClock } from '@coaio/aio-context';

const context = new AioContext();
const timer = context.createTimer(() => {
  context.scheduleOneshot(() => process.stdout.write('bottom half\n'));
  process.stdout.write('timer, ');
});
timer.mod(realtimeClock.nowNs() + 5e6);
