import { AioContext, getIohandlerAioContext, getMainAioContext, realtimeClock } from '@coaio/aio-context';

const HOUR_NS = 3600e9;
for (const context of [getMainAioContext(), getIohandlerAioContext(), new AioContext()]) {
  context.createBottomHalf(() => {});
  context.createTimer(() => {});
  const timer = context.createTimer(() => {});
  timer.mod(realtimeClock.nowNs() + HOUR_NS);
  timer.del();
}
getMainAioContext().scheduleOneshot(() => process.stdout.write('polled\n'));
