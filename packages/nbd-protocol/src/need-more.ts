/** What a decoder returns when the bytes at hand end too early. It has then consumed nothing. */
export const NEED_MORE = -1;
export type NeedMore = typeof NEED_MORE;
