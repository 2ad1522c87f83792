export { type ReadSource, ReadWindow } from './batching/read-window.js';
export { WriteBatch } from './batching/write-batch.js';
export { type BufferOptions, QIOChannelBuffer } from './buffer/qio-channel-buffer.js';
export type { CommandOptions } from './command/command-options.js';
export type { CommandExit, CommandFlags } from './command/command-process.js';
export { QIOChannelCommand } from './command/qio-channel-command.js';
export { QIOChannelCommandError } from './command/qio-channel-command-error.js';
export { type DescriptorOptions, QIOChannelFile } from './file/qio-channel-file.js';
export { type IOVec, iovDiscardFront, iovFromBuffer, iovSize } from './iovec.js';
export { LocalQIOChannel } from './local-qio-channel.js';
export { type PairOptions, QIOChannelPair } from './memory/qio-channel-pair.js';
export { QIOChannelNull } from './null/qio-channel-null.js';
export {
  type IOCondition,
  type IOOptions,
  QIO_CHANNEL_ERR_BLOCK,
  QIOChannel,
  type QIOChannelFeature,
  type ReadOptions,
  type SeekWhence,
  type ShutdownHow,
} from './qio-channel.js';
export { QIOChannelError, type QIOChannelErrorCode, type QIOChannelFault } from './qio-channel-error.js';
export type { QIOChannelPromises } from './qio-channel-promises.js';
export type { QIOChannelHandle } from './shared/channel-handle.js';
export type { ClientFunc } from './socket/client-handout.js';
export type { NetListenerOptions, WhenFull } from './socket/net-listener-options.js';
export { type ConnectOptions, QIOChannelSocket } from './socket/qio-channel-socket.js';
export { QIONetListener } from './socket/qio-net-listener.js';
export {
  formatAddress,
  type InetSocketAddress,
  type KeepAlive,
  type SocketAddress,
  type UnixSocketAddress,
} from './socket/socket-address.js';
export { QIOChannelStdio, type StdioOptions } from './stdio/qio-channel-stdio.js';
export type { FolderOptions } from './tls/credential-folder.js';
export type { TlsPeerCertificate } from './tls/peer-certificate.js';
export { QIOChannelTls, type TlsSession } from './tls/qio-channel-tls.js';
export type { TlsClientOptions } from './tls/tls-client.js';
export {
  type Pem,
  type PreSharedKey,
  type PskLookup,
  TlsCredentials,
  type TlsVersion,
  type TlsVersions,
  type X509Options,
} from './tls/tls-credentials.js';
export type { TlsServerOptions } from './tls/tls-server.js';
