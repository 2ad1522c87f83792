import { QIOChannelError, type QIOChannelErrorCode } from '../qio-channel-error.js';

// Structured clone drops what makes an error of ours: it crosses as text.
const MESSAGE_MAX = 240;

export function toErrorText(error: unknown): string {
  const { code, errno, message } = error as Partial<QIOChannelError>;
  return JSON.stringify({ code, errno, message: String(message ?? error).slice(0, MESSAGE_MAX) });
}

export function fromErrorText(text: string): Error {
  const { code, errno, message } = JSON.parse(text) as { code?: string; errno?: string; message: string };
  if (code?.startsWith('QIO_CHANNEL_'))
    return QIOChannelError.of(code as QIOChannelErrorCode, message, errno);
  return new Error(message);
}
