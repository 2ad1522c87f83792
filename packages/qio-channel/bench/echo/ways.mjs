import { batchingWay } from './batching-way.mjs';
import { channelWay } from './channel-way.mjs';
import { netDataWay } from './net-data-way.mjs';
import { netOnreadWay } from './net-onread-way.mjs';

/** By the names of the cases: the other thread finds its half by the same name. */
export const WAYS = {
  QIOChannelSocket: channelWay,
  'ReadWindow, WriteBatch': batchingWay,
  'net.Socket, onread and write': netOnreadWay({ direct: false }),
  'net.Socket, onread and writeSync': netOnreadWay({ direct: true }),
  'net.Socket, data and write': netDataWay,
};

/** @typedef {keyof typeof WAYS} WayName */
