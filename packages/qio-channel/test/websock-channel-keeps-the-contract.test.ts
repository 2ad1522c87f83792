import { describeQIOChannel } from './support/qio-channel-contract.js';
import { websockPair } from './support/websock-pair.js';

const wholeConnectionOnly = { halfClose: false };

describeQIOChannel('WebSocket', () => websockPair(), wholeConnectionOnly);
describeQIOChannel(
  'accepted WebSocket',
  async () => (await websockPair()).toReversed() as never,
  wholeConnectionOnly,
);
describeQIOChannel(
  'compressed WebSocket',
  () => websockPair({ perMessageDeflate: { threshold: 0 } }, { perMessageDeflate: { threshold: 0 } }),
  wholeConnectionOnly,
);
