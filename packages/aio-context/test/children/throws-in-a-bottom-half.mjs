import { getMainAioContext } from '@coaio/aio-context';

getMainAioContext().scheduleOneshot(() => {
  throw new Error('nobody catches this');
});
getMainAioContext().scheduleOneshot(() => process.stdout.write('the other one ran\n'));
