import { describeQIOChannel } from '@coaio/qio-channel-contract';
import { loopback, socketPair } from './support/socket-pair.js';

describeQIOChannel('TCP', () => socketPair(loopback));
describeQIOChannel('accepted TCP', async () => {
  const [connected, accepted] = await socketPair(loopback);
  return [accepted, connected];
});
