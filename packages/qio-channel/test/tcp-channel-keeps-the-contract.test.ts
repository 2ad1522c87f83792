import { describeQIOChannel } from '@coaio/qio-channel-contract';
import { loopback, socketPair } from './support/socket-pair.js';

describeQIOChannel('TCP', () => socketPair(loopback));
describeQIOChannel('accepted TCP', async () => (await socketPair(loopback)).toReversed() as never);
