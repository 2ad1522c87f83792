export type { WebsockConnectOptions } from './open-websocket.js';
export { QIOChannelWebsock } from './qio-channel-websock.js';
export type { WebsockAcceptOptions } from './upgrade-request.js';
