/** What a call gives that would have to wait (`QIO_CHANNEL_ERR_BLOCK`). */
export const QIO_CHANNEL_ERR_BLOCK = -2;
