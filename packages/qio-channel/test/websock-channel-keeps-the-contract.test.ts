import { describeQIOChannel } from '@coaio/qio-channel-contract';
import { websockPair } from './support/websock-pair.js';

const options = {
  without: {
    'half-close': 'a WebSocket ends in both directions at once',
    cork: 'each write is a message, whatever the system makes of it',
  },
};

describeQIOChannel('WebSocket', () => websockPair(), options);
describeQIOChannel(
  'accepted WebSocket',
  async () => {
    const [connected, accepted] = await websockPair();
    return [accepted, connected];
  },
  options,
);
describeQIOChannel(
  'compressed WebSocket',
  () => websockPair({ perMessageDeflate: { threshold: 0 } }, { perMessageDeflate: { threshold: 0 } }),
  options,
);
