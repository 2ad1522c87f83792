export { ReadWindow } from './batching/read-window.js';
export { WriteBatch } from './batching/write-batch.js';
export { type IOVec, iovDiscardFront, iovFromBuffer, iovSize } from './iovec.js';
export { type BufferPairOptions, QIOChannelBuffer } from './memory/qio-channel-buffer.js';
export { type IOCondition, QIOChannel, type QIOChannelFeature, type ShutdownHow } from './qio-channel.js';
export { QIOChannelError, type QIOChannelErrorCode } from './qio-channel-error.js';
export { type ConnectOptions, QIOChannelSocket } from './socket/qio-channel-socket.js';
export { QIONetListener } from './socket/qio-net-listener.js';
export { formatAddress, type SocketAddress } from './socket/socket-address.js';
